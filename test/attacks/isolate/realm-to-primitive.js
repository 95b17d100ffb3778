// tries: Symbol.toPrimitive and valueOf in every place where trusted code wants a text or a number
// holds: conversions run in the guest, once, and their callers stay hidden
// threat: T1
// ends: success
// proof: ^converted 2\d

let converted = 0;
const sly = (answer) => ({
  [Symbol.toPrimitive](hint, ...more) {
    converted += 1;
    if (more.length > 0) console.log('BREACH more arguments');
    // Another answer each time: a check of the first must not be followed by a use of the second.
    return converted % 2 ? answer : '../../../../etc/passwd';
  },
});
const attempt = (call) => {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
    return undefined;
  }
};
for (const path of ['good', 'output/x', '/etc/hostname']) {
  const before = converted;
  const read = attempt(() => context.files.read(sly(path)));
  if (read) console.log('BREACH read', read);
  if (converted - before > 1) console.log('BREACH converted more than once');
  attempt(() => context.files.write(sly(path), 'x'));
  attempt(() => context.files.remove(sly(path)));
}
attempt(() => clearTimeout(setTimeout(() => {}, sly(5))));
attempt(() => clearTimeout(sly(1)));
attempt(() => new URL(sly('a://b'), sly('c://d')));
attempt(() => console.count(sly('label')));
attempt(() => console.time(sly('label')));
attempt(() => console.log('%s %d %i %f %j %o %O %c', sly(1), sly(2), sly(3), sly(4), sly(5), sly(6), sly(7), sly(8)));
attempt(() => new TextEncoder().encode(sly('text')));
attempt(() => new TextDecoder(sly('utf-8')));
attempt(() => btoa(sly('text')));
attempt(() => atob(sly('dGV4dA==')));
for (const name of context.files.list()) if (name.includes('..') || name.startsWith('/')) console.log('BREACH', name);
console.log('converted', converted);
