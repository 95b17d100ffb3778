// tries: three times the limit in twenty-four buffers of different kinds, none of them large, and copies by structuredClone and TextEncoder
// holds: all kinds count together
// threat: T3
// ends: memory_limit
// request: {"limits":{"memoryMb":16}}

const mebibyte = 2 ** 20;
const text = 'x'.repeat(2 * mebibyte);
const kept = [];
for (const make of [
  () => new Uint8Array(2 * mebibyte).fill(1),
  () => structuredClone(new Float64Array(mebibyte / 4)),
  () => new TextEncoder().encode(text),
  () => new DataView(new ArrayBuffer(2 * mebibyte, { maxByteLength: 4 * mebibyte })),
  () => [...text],
  () => text + kept.length + text.charCodeAt(5),
]) {
  for (let i = 0; i < 4; i += 1) kept.push(make());
}
`${kept.length} of 48 MiB`;
