import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { boundMemory } from '../../../../../src/backends/wasm/host/wasm-memory.ts';

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}
interface Api {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: { readonly memory: Memory } };
  validate(bytes: Uint8Array): boolean;
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Api };

const magic = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** One memory of one page, without an upper bound, exported as `memory`. */
const small = Uint8Array.of(...magic, 5, 3, 1, 0, 1, 7, 10, 1, 6, ...Buffer.from('memory'), 2, 0);

test('a module’s memory does not grow beyond the bound', () => {
  const { memory } = new wasm.Instance(new wasm.Module(boundMemory(small, 2))).exports;
  memory.grow(31);
  expect(memory.buffer.byteLength).toBe(2 * 1_048_576);
  expect(() => memory.grow(1)).toThrow(RangeError);
});

test('a bound below the initial size becomes the initial size', () => {
  const { memory } = new wasm.Instance(new wasm.Module(boundMemory(small, 0))).exports;
  expect(() => memory.grow(1)).toThrow(RangeError);
});

test('the interpreter’s own code stays valid', () => {
  const path = createRequire(import.meta.url).resolve('pyodide/pyodide.asm.wasm');
  const original = readFileSync(path);
  const bound = boundMemory(original, 256);
  expect(Buffer.compare(bound, original)).not.toBe(0);
  expect(wasm.validate(bound)).toBe(true);
});

test('a module without its own memory is refused', () => {
  expect(() => boundMemory(Uint8Array.of(...magic), 1)).toThrow('no memory');
});
