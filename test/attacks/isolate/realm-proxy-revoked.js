// tries: revoked proxies and proxies over proxies in console, value, error and buffers
// holds: they are printed or refused; no code of hotcell breaks
// threat: T1
// ends: error
// proof: ^printed 6$

let printed = 0;
const revoked = (of) => {
  const { proxy, revoke } = Proxy.revocable(of, {});
  revoke();
  return proxy;
};
let deep = {};
for (let i = 0; i < 5_000; i += 1) deep = new Proxy(deep, {});
const things = [revoked({}), revoked([]), revoked(() => 1), deep, [revoked([])], new Map([[revoked({}), deep]])];
for (const thing of things) {
  try {
    console.log('%o', thing);
    console.table(thing);
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
  printed += 1;
}
try {
  structuredClone(revoked({}));
  context.files.write('x', revoked(new Uint8Array(1)));
} catch {}
console.log('printed', printed);
throw revoked(new Error('gone'));
