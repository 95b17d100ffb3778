// tries: to read the canary's file by every function that takes a text
// holds: no function of the realm opens a file of the host
// threat: T14
// ends: success
// proof: ^called [1-9]\d+$

const { file } = inputs.canary;
const texts = [
  file,
  `file://${file}`,
  `../../../../../../..${file}`,
  `/workspace/../${file}`,
  `/proc/self/root${file}`,
  `/proc/self/cwd/../../../..${file}`,
];
const seen = new Set([globalThis]);
const functions = [];
const collect = (owner, depth) => {
  for (const key of Reflect.ownKeys(owner)) {
    const { value } = Reflect.getOwnPropertyDescriptor(owner, key);
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    if (typeof value === 'function' && !/^(eval|Function|pause|groupEnd)$/.test(String(key)))
      functions.push([owner, value]);
    if (depth < 2) collect(value, depth + 1);
  }
};
collect(globalThis, 0);
collect(context, 0);
let called = 0;
const say = console.log;
const look = (answer) => {
  if (typeof answer === 'string' && /^canary[0-9a-f]{32}/.test(answer)) say('BREACH', answer);
};
for (const [owner, method] of functions) {
  if (owner === console) continue;
  for (const text of texts) {
    called += 1;
    try {
      const answer = method.call(owner, text);
      look(answer);
      if (typeof answer?.then === 'function') answer.then(look, () => {});
    } catch {}
    try {
      look(`${new method(text)}`);
    } catch {}
  }
}
say('called', called);
