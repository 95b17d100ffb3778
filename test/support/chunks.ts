/** Cuts bytes into chunks of the given lengths; the rest is the last chunk. */
export function cutInto(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let offset = 0;
  for (const length of lengths) {
    if (offset >= bytes.length) break;
    chunks.push(bytes.subarray(offset, offset + length));
    offset += length;
  }
  if (offset < bytes.length) chunks.push(bytes.subarray(offset));
  return chunks;
}
