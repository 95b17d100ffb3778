// tries: buffers that can be resized, whose memory V8 takes without asking the isolate's allocator, by constructor, subclass, resize and transfer
// holds: each has a fixed buffer of the same size as its weight, which the allocator counts
// threat: T3
// ends: memory_limit
// request: {"limits":{"memoryMb":64}}

const mebibyte = 2 ** 20;
const native = /\[native code\]/;
for (const shown of [Function.prototype.toString.call(ArrayBuffer), `${ArrayBuffer}`]) {
  if (!native.test(shown)) console.log('BREACH source of the realm');
}
const constructors = [
  new ArrayBuffer(1).constructor,
  new Uint8Array(1).buffer.constructor,
  new ArrayBuffer(8, { maxByteLength: 16 }).slice(0).constructor,
  structuredClone(new ArrayBuffer(1)).constructor,
  Object.getPrototypeOf(class extends ArrayBuffer {}),
  ArrayBuffer[Symbol.species],
];
for (const each of constructors) if (each !== ArrayBuffer) console.log('BREACH another constructor');
let kept = [];
let bytes = 0;
const fill = (buffer) => {
  new Uint8Array(buffer).fill(1);
  kept.push(buffer);
  bytes += buffer.byteLength;
  if (bytes > 80 * mebibyte) console.log('BREACH', bytes / mebibyte, 'MiB');
};
class Own extends ArrayBuffer {}
const grown = (Constructor) => {
  const buffer = new Constructor(0, { maxByteLength: 8 * mebibyte });
  for (let size = mebibyte; size <= 8 * mebibyte; size *= 2) buffer.resize(size);
  return buffer;
};
const ways = [
  () => new ArrayBuffer(8 * mebibyte, { maxByteLength: 16 * mebibyte }),
  () => grown(ArrayBuffer),
  () => grown(Own),
  () => grown(ArrayBuffer).transfer(),
  () => new ArrayBuffer(1, { maxByteLength: 8 * mebibyte }).transfer(8 * mebibyte),
  () => Reflect.construct(ArrayBuffer, [8 * mebibyte, { maxByteLength: 8 * mebibyte }], Own),
  () =>
    Reflect.construct(ArrayBuffer, [
      { valueOf: () => 8 * mebibyte },
      {
        get maxByteLength() {
          return 8 * mebibyte;
        },
      },
    ]),
];
for (const way of ways) {
  kept = [];
  bytes = 0;
  let refused = false;
  for (let i = 0; i < 40 && !refused; i += 1) {
    try {
      fill(way());
    } catch (error) {
      if (!(error instanceof RangeError)) console.log('BREACH foreign error', error);
      refused = true;
    }
  }
  if (!refused) console.log('BREACH never refused', way);
}
for (;;) fill(grown(Own));
