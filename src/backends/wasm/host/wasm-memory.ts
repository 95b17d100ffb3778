/** Number of the section that declares a WebAssembly module's memories. */
const memorySection = 5;
const pageBytes = 65_536;

/**
 * The same module with an upper bound for its memory, which V8 enforces. Rewrites the memory section and keeps all
 * others.
 * @throws {Error} if the module does not declare exactly one memory of its own.
 */
export function boundMemory(module: Uint8Array, maxMb: number): Uint8Array<ArrayBuffer> {
  for (let at = 8; at < module.length; ) {
    const id = module[at];
    const [size, start] = readNumber(module, at + 1);
    if (id === memorySection) return replace(module, at, start, size, maxMb);
    at = start + size;
  }
  throw new Error('The WebAssembly module has no memory.');
}

function replace(module: Uint8Array, at: number, start: number, size: number, maxMb: number): Uint8Array<ArrayBuffer> {
  const [count, flagsAt] = readNumber(module, start);
  const flags = module[flagsAt] ?? 0;
  const [minimum] = readNumber(module, flagsAt + 1);
  if (count !== 1 || flags > 1) throw new Error('The WebAssembly module has a memory of an unknown kind.');
  const maximum = Math.max(minimum, Math.floor((maxMb * 1_048_576) / pageBytes));
  const content = [1, 1, ...writeNumber(minimum), ...writeNumber(maximum)];
  const section = [memorySection, ...writeNumber(content.length), ...content];
  const bound = new Uint8Array(at + section.length + module.length - start - size);
  bound.set(module.subarray(0, at));
  bound.set(section, at);
  bound.set(module.subarray(start + size), at + section.length);
  return bound;
}

/** Reads a LEB128 number, as in WebAssembly; returns it and the index after it. */
function readNumber(bytes: Uint8Array, from: number): [value: number, end: number] {
  let value = 0;
  let at = from;
  for (let factor = 1; ; factor *= 128) {
    const byte = bytes[at] ?? 0;
    at += 1;
    value += (byte & 127) * factor;
    if (byte < 128) return [value, at];
  }
}

function writeNumber(value: number): number[] {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return [...bytes, left];
    bytes.push((left % 128) + 128);
  }
}
