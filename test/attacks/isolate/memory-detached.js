// tries: buffers that are detached or shrunk in the middle of a call that is about to read or write them
// holds: the call sees an empty buffer or throws; no freed memory is read
// threat: T3
// ends: success
// proof: ^tried \d+

let tried = 0;
const attempt = (call) => {
  tried += 1;
  try {
    const answer = call();
    const text = typeof answer === 'string' ? answer : '';
    if (/[^\0\u0001]/.test(text)) console.log('BREACH', call.toString());
  } catch (error) {
    if (!(error instanceof Error)) console.log('BREACH foreign error');
  }
};
for (let round = 0; round < 50; round += 1) {
  const buffer = new ArrayBuffer(65_536, { maxByteLength: 131_072 });
  const view = new Uint8Array(buffer).fill(1);
  const shrink = { toString: () => (buffer.resize(16), 'name'), valueOf: () => (buffer.resize(0), 1) };
  const detach = { toString: () => (buffer.transfer(), 'name'), valueOf: () => (buffer.transfer(), 1) };
  attempt(() => context.files.write(shrink, view));
  attempt(() =>
    new TextDecoder().decode(view, {
      get stream() {
        buffer.resize(8);
        return false;
      },
    }),
  );
  attempt(() => new TextEncoder().encodeInto({ toString: () => (buffer.resize(4), 'x'.repeat(9_000)) }, view));
  attempt(() => view.fill(shrink, 0, 60_000));
  attempt(() => view.set(new Proxy([1, 2, 3], { get: (target, key) => (buffer.transfer(), target[key]) })));
  attempt(() => context.files.write(detach, view));
  attempt(() => context.files.write('detached', buffer));
  attempt(() => crypto.getRandomValues(view));
  attempt(() => new TextDecoder().decode(buffer));
  attempt(() => structuredClone(view));
  attempt(() => new DataView(buffer, 0).getUint8(detach));
}
console.log('tried', tried);
