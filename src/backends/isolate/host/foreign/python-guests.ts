import { setTimeout as sleep } from 'node:timers/promises';
import type ivm from 'isolated-vm';
import { bootstrapPython } from '../../realm/foreign/python.ts';
import { createPythonFiles } from '../../realm/foreign/python-files.ts';
import { createToolDoor } from '../../realm/foreign/python-tools.ts';
import type { WebAssemblyApi } from '../../realm/foreign/web-assembly.ts';
import type { IsolatedVm } from '../guest.ts';
import { ForeignGuests, type GuestKind } from './foreign-guest.ts';
import { foreignSource } from './foreign-source.ts';
import { ModuleLoader, type ModuleSources } from './modules.ts';
import { boundMemory } from './wasm-memory.ts';

/**
 * Heap of a Python guest's isolate, in MiB, beside the interpreter's own memory, which `memoryMb` bounds: the loader with
 * its copies takes 90 while it loads, files up to `diskMb` lie in it, and the rest is for a guest with many of them.
 */
const heapMb = 384;
const mebibyte = 1_048_576;

/** What Python guests are made of. */
export interface PythonKit extends ModuleSources {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly stdlib: Uint8Array;
  /** Without one, guests can only make one. */
  readonly snapshot: Uint8Array | undefined;
  /** Python sources, path → text, as JSON. */
  readonly sources: string;
  /** `info` of Pyodide's lock file, as JSON. */
  readonly lockInfo: string;
  readonly memoryMaxMb: number;
}

/** Makes guests that have CPython loaded, all from one compiled module and one snapshot. */
export async function createPythonGuests(isolatedVm: IsolatedVm, kit: PythonKit): Promise<ForeignGuests> {
  return new ForeignGuests(isolatedVm, await pythonKind(isolatedVm, kit));
}

/** The memory of a guest that has done nothing yet, for guests to come to start from. */
export async function makeSnapshot(isolatedVm: IsolatedVm, kit: PythonKit): Promise<Uint8Array> {
  const kind = await pythonKind(isolatedVm, kit);
  let snapshot = new ArrayBuffer(0);
  const guests = new ForeignGuests(isolatedVm, {
    ...kind,
    async prepare(isolate, context, entry) {
      await kind.prepare(isolate, context, entry);
      snapshot = (await entry.apply(undefined, ['snapshot'], { result: { copy: true } })) as ArrayBuffer;
    },
  });
  (await guests.create(0)).dispose();
  return new Uint8Array(snapshot);
}

async function pythonKind(isolatedVm: IsolatedVm, kit: PythonKit): Promise<GuestKind> {
  // Not the kit itself: its large files are needed once, and live on as what was made of them.
  const { texts, entries, sources, lockInfo, memoryMaxMb } = kit;
  const loader = new ModuleLoader({ texts, entries });
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const module = await WebAssembly.compile(boundMemory(kit.wasm, memoryMaxMb));
  const copy = (value: unknown): ivm.ExternalCopy => new isolatedVm.ExternalCopy(value);
  const wasm = copy(module);
  const stdlib = copy(bufferOf(kit.stdlib));
  const snapshot = kit.snapshot && copy(bufferOf(kit.snapshot));
  return {
    source: foreignSource(bootstrapPython, createPythonFiles, createToolDoor),
    heapMb: () => heapMb,
    async prepare(isolate, context, entry) {
      const [create, load] = [
        await loader.load(isolate, context, 'asm'),
        await loader.load(isolate, context, 'loader'),
      ];
      const assets = {
        wasm: wasm.copyInto(),
        stdlib: stdlib.copyInto(),
        snapshot: snapshot?.copyInto(),
        texts: sources,
        lockInfo,
        memoryMaxBytes: memoryMaxMb * mebibyte,
      };
      const names = Object.keys(assets);
      const given: ivm.Reference = await context.evalClosure(
        `return { ${names.map((name, index) => `${name}: $${index}`).join()} }`,
        Object.values(assets),
        { result: { reference: true } },
      );
      const step = ['load', load.derefInto(), create.derefInto(), given.derefInto({ release: true })];
      await pump(entry, entry.apply(undefined, step, { result: { promise: true } }));
    },
  };
}

/** Runs the realm's timers until `loaded` settles. */
async function pump(entry: ivm.Reference, loaded: Promise<unknown>): Promise<void> {
  let isPending = true;
  const settled = loaded.finally(() => {
    isPending = false;
  });
  settled.catch(() => undefined);
  while (isPending) {
    const next = Number(await entry.apply(undefined, ['poll']));
    if (next < 0) break;
    await sleep(next);
    await entry.apply(undefined, ['turn']);
  }
  await settled;
}

function bufferOf(bytes: Uint8Array): ArrayBuffer {
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}
