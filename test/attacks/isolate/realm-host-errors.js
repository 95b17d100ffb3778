// tries: errors that the host's functions throw, in the hope that they are the host's objects
// holds: all errors are made in the guest's realm, and their stacks show the guest's own lines only
// threat: T1
// ends: success
// proof: ^errors 1\d

const attempts = [
  () => context.files.read('missing'),
  () => context.files.read('../../etc/passwd'),
  () => context.files.read(Symbol('path')),
  () => context.files.read({ __proto__: null }),
  () => context.files.write('a', 7),
  () => context.files.write('a\0b', 'x'),
  () => context.files.remove('missing'),
  () => new URL('nope'),
  () => new URL('a://b', Symbol('base')),
  () => crypto.getRandomValues(new Float64Array(2)),
  () => crypto.getRandomValues(new Uint8Array(70_000)),
  () => setTimeout('console.log(1)'),
  () => queueMicrotask(1),
  () => atob('*'),
  () => btoa('\u0100'),
  () => structuredClone(() => 1),
  () => new TextDecoder('none'),
  () =>
    console.log({
      get x() {
        throw new Error('from a getter');
      },
      [Symbol.for('nodejs.util.inspect.custom')]() {
        throw new Error('custom');
      },
    }),
];
let errors = 0;
for (const attempt of attempts) {
  try {
    attempt();
  } catch (error) {
    errors += 1;
    if (!(error instanceof Error)) console.log('BREACH foreign error', `${attempt}`);
    if (error.constructor.constructor !== Function) console.log('BREACH foreign constructor', `${attempt}`);
    for (const key of Reflect.ownKeys(error))
      if (!/^(stack|message|name|code|input)$/.test(String(key))) console.log('BREACH key', key);
    if (/file:|node:|isolated-vm|\/host\//.test(error.stack)) console.log('BREACH', error.stack);
  }
}
console.log('errors', errors);
