// tries: to break the cell protocol or the host by tampering with all that fetch is made of, by floods of requests and by bodies as bombs
// holds: the host process passes on only what keeps the protocol; the guest deceives itself alone
// threat: T18
// ends: success error timeout memory_limit
// proof: ^tampered
// request: { "limits": { "timeoutMs": 6000 } }
// network: that of attack-network.ts
console.log('tampered');
const base = `http://127.0.0.1:${inputs.net.open}`;
const quiet = (promise) => promise.catch(() => undefined);
const hundred = Array.from({ length: 100 }, (_, n) => n);

await quiet(Promise.all(hundred.map((n) => fetch(`${base}/${n}`).then((answer) => answer.text()))));
// Answers that nobody reads, and some that are given up at once.
const unread = await Promise.all(hundred.slice(0, 8).map(() => quiet(fetch(`${base}/endless`))));
for (const _ of hundred) {
  const controller = new AbortController();
  void quiet(fetch(`${base}/drip`, { signal: controller.signal }));
  controller.abort(
    _ % 2
      ? undefined
      : {
          toString() {
            throw 1;
          },
        },
  );
}
await quiet(fetch(`${base}/`, { method: 'POST', body: new Uint8Array(40_000_000) }).then((answer) => answer.text()));
await quiet(unread[0]?.bytes());

Object.prototype.toJSON = () => ({ method: 1 });
await quiet(fetch(base));
delete Object.prototype.toJSON;
Array.prototype.toJSON = () => 'pairs';
await quiet(fetch(base, { headers: { a: 'b' } }));
delete Array.prototype.toJSON;
Object.defineProperty(Object.prototype, 'number', { get: () => -1, set() {}, configurable: true });
await quiet(fetch(base));
delete Object.prototype.number;
const { iterator } = Symbol;
const arrayIterator = Array.prototype[iterator];
Array.prototype[iterator] = function* () {
  for (;;) yield ['x'.repeat(1000), 'y'];
};
void quiet(Promise.race([1].map(() => 1)));
Array.prototype[iterator] = arrayIterator;
Uint8Array.prototype.subarray = () => ({ length: 1e9, buffer: null });
Uint8Array.prototype.set = () => {
  throw 1;
};
await quiet(fetch(base, { method: 'POST', body: 'x'.repeat(100) }));
String.prototype.trim = String.prototype.toLowerCase = () => ({
  toString: () => {
    throw 1;
  },
});
await quiet(fetch(base, { headers: { a: 'b' } }));
Promise.prototype.then = () => {
  throw 1;
};
quiet(fetch(base + '/drip'));
