// tries: to import modules of Node by every spelling, and import.meta
// holds: there are no modules of Node's own; each attempt is refused with an error of the guest's realm
// threat: T1
// ends: success
// proof: ^refused 1\d$

const names = [
  'vm',
  'node:child_process',
  'node:internal/bootstrap/realm',
  'isolated-vm',
  'file:///etc/passwd',
  `file://${inputs.canary.file}`,
  'data:text/javascript,export default 1',
  './main.js',
];
for (const name of ['fs', 'node:process', 'node:module']) {
  const { default: found } = await import(name);
  if (!(found instanceof Object)) console.log('BREACH foreign', name);
}
let refused = 0;
const say = (what) => console.log('BREACH', what);
for (const name of names) {
  await import(name).then(
    () => say(name),
    (error) => (error instanceof Error ? (refused += 1) : say('foreign error')),
  );
  try {
    const loaded = await Function('name', 'return import(name)')(name);
    say(loaded);
  } catch {
    refused += 1;
  }
  try {
    await eval(`import(${JSON.stringify(name)}, { with: { type: 'json' } })`);
    say(name);
  } catch {
    refused += 1;
  }
}
for (const code of ['import.meta', 'import.meta.url', 'import "fs"', 'export {}']) {
  try {
    say(`${code} ${eval(code)}`);
  } catch (error) {
    if (!(error instanceof SyntaxError)) say(code);
  }
}
console.log('refused', Math.min(refused, 19));
