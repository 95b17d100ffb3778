// tries: to replace every method of every built-in by a recorder, and to call all functions that pass through as the host's
// holds: trusted code uses methods that it kept from before; none of the recorded functions talks to the host
// threat: T1
// ends: success
// proof: ^recorded \d

const { apply, ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
const print = console.log;
print({ loads: 'the formatter' });
const write = context.files.write;
const recorded = new Set();
const add = Set.prototype.add;
let isOn = false;
const record = (thing) => {
  if (isOn && typeof thing === 'function') apply(add, recorded, [thing]);
};
const owners = [Array, String, Map, Set, Promise, Function, Object, RegExp, Number, Uint8Array, Error, Symbol];
const targets = [Reflect, JSON, Math, Atomics, Object, Array, Number, String];
for (let i = 0; i < owners.length; i += 1) targets[targets.length] = owners[i].prototype;
for (let i = 0; i < targets.length; i += 1) {
  const keys = ownKeys(targets[i]);
  for (let k = 0; k < keys.length; k += 1) {
    const { value, configurable, writable } = getOwnPropertyDescriptor(targets[i], keys[k]);
    if (typeof value !== 'function' || keys[k] === 'constructor' || !(configurable || writable)) continue;
    const replacement = function () {
      record(this);
      for (let at = 0; at < arguments.length; at += 1) record(arguments[at]);
      return new.target ? new value() : apply(value, this, arguments);
    };
    defineProperty(targets[i], keys[k], { __proto__: null, value: replacement });
  }
}
isOn = true;
const attempt = (call) => {
  try {
    call();
  } catch {
    // The program has deceived itself.
  }
};
attempt(() => print('one %s', { a: [1, new Map([[1, 2]])] }, new Error('x')));
attempt(() => write('file', 'x'));
attempt(() => context.files.list());
attempt(() => new URL('a://b/c?d=e').searchParams);
attempt(() => new TextDecoder().decode(new TextEncoder().encode('x')));
attempt(() => crypto.randomUUID());
attempt(() => structuredClone({ a: [new Date()] }));
attempt(() => setTimeout(() => {}, 1));
isOn = false;
let count = 0;
for (const found of recorded) {
  count += 1;
  for (const question of [
    ['drained', ''],
    ['read-text', 'file'],
    ['list', ''],
  ]) {
    try {
      const answer = apply(found, undefined, question);
      if (answer === 'yes' || answer === '+x' || answer === '+file') print('BREACH a function of the host');
    } catch {}
  }
}
print('recorded', count);
