// tries: to reach the host's Function by the constructors of everything at hand
// holds: every constructor is the guest's own: the process and require that they know are the guest's
// threat: T1
// ends: success
// proof: ^tried \d\d

const things = [{}, [], () => 1, async () => 1, /x/, new Date(), Promise.resolve(), Symbol.iterator, 1n];
things.push(process, process.env, process.stdin, Buffer, Buffer.from('a'), require, module, require('fs').promises);
things.push(console.log, console, context, context.files, context.files.read, context.env, inputs, inputs.canary);
things.push(
  setTimeout(() => {}, 1),
  crypto,
  performance.now,
  new URL('a://b'),
  new AbortController().signal,
);
let tried = 0;
for (const thing of things) {
  for (let maker = thing.constructor; maker; maker = maker.constructor === maker ? undefined : maker.constructor) {
    tried += 1;
    try {
      const found = await maker('return [process, require, module, globalThis]')();
      if ([process, require, module, globalThis].some((each, index) => each !== found[index])) console.log('BREACH');
    } catch {
      // No maker of functions.
    }
  }
}
console.log('tried', tried);
