// tries: to learn paths and versions of the host from stacks and messages
// holds: stacks name the guest's own file; of hotcell's code a prepared trace shows one made-up name
// threat: T14
// ends: success
// proof: ^stacks \d+$

const stacks = [];
const keep = (error) => stacks.push(`${error.stack}\n${error.message}`);
Error.stackTraceLimit = 200;
const trace = () => new Error('trace').stack;
stacks.push(trace());
for (const call of [
  () => context.files.read('x'),
  () => new URL(':'),
  () => structuredClone(Symbol()),
  () => JSON.parse('{'),
  () => eval('('),
  () => null.x,
  () => new Intl.DateTimeFormat('xx-invalid-xx-yy-zz-1'),
  () => crypto.getRandomValues(1),
  () => setTimeout(),
]) {
  try {
    call();
  } catch (error) {
    keep(error);
  }
}
await import('x').catch(keep);
await new Promise((done) => setTimeout(() => done(stacks.push(trace())), 1));
await new Promise((done) => queueMicrotask(() => done(stacks.push(trace()))));
Error.prepareStackTrace = (_, sites) =>
  sites
    .map((site) => [
      site.getFileName(),
      site.getScriptNameOrSourceURL(),
      site.getEvalOrigin(),
      site.getTypeName(),
      site.getMethodName(),
    ])
    .join('\n');
JSON.stringify({ toJSON: () => stacks.push(trace()) });
console.log({
  get x() {
    stacks.push(trace());
    return 1;
  },
});
Error.prepareStackTrace = undefined;
for (const stack of stacks) {
  if (/\/(root|home|usr|work|tmp|opt|proc)\b|file:|node:|node_modules|\.ts\b|isolated/.test(stack))
    console.log('BREACH', stack);
}
console.log('stacks', stacks.length);
