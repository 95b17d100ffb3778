// tries: a storm of promises that are rejected and never handled, some of them handled too late
// holds: it ends as the guest's error; the host process survives its own unhandled-rejection rules
// threat: T2
// ends: error timeout memory_limit
// proof: ^rejecting$
// request: {"limits":{"timeoutMs":4000}}

console.log('rejecting');
const late = [];
for (let i = 0; i < 20_000; i += 1) {
  const rejected = Promise.reject(
    i % 2
      ? new Error(`no ${i}`)
      : {
          toString: () => {
            throw new Error('in text');
          },
          stack: 'BREACH'.slice(9),
        },
  );
  if (i % 3 === 0) late.push(rejected);
  Promise.reject(
    new Proxy(new Error('proxied'), {
      get: () => {
        throw 1;
      },
    }),
  );
}
setTimeout(() => late.map((promise) => promise.catch(() => {})), 1);
await new Promise((done) => setTimeout(done, 50));
1;
