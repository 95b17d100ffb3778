import { setTimeout as sleep } from 'node:timers/promises';
import type ivm from 'isolated-vm';
import type { IsolatedVm } from '../../isolate/host/guest/guest.ts';
import { createPythonFiles } from '../realm/python/files.ts';
import { bootstrapPython } from '../realm/python/python.ts';
import { createPythonRequests } from '../realm/python/requests.ts';
import { createPythonToolCalls } from '../realm/python/tool-calls.ts';
import { sealWebAssembly } from '../realm/seal-web-assembly.ts';
import type { WebAssemblyApi } from '../realm/web-assembly.ts';
import { ModuleLoader, type ModuleSources } from './module-loader.ts';
import { type GuestKind, WasmGuests } from './wasm-guests.ts';
import { boundMemory } from './wasm-memory.ts';
import { wasmRealmSource } from './wasm-realm-source.ts';

/**
 * Heap of a Python guest's isolate, in MiB, besides the interpreter's own memory, which `memoryMb` limits. The loader
 * with its copies takes 90 while it loads, files of up to `diskMb` are in the heap, and the rest is for guests with
 * many files.
 */
const heapMb = 384;
const mebibyte = 1_048_576;

/** The files for Python guests. */
export interface PythonRuntimeAssets extends ModuleSources {
  readonly wasm: Uint8Array<ArrayBuffer>;
  readonly stdlib: Uint8Array;
  /** Without a snapshot, guests can only be used to make one. */
  readonly snapshot: Uint8Array | undefined;
  /** Python sources, path → text, as JSON. */
  readonly sources: string;
  /** `info` of Pyodide's lock file, as JSON. */
  readonly lockInfo: string;
  readonly memoryMaxMb: number;
}

/** Makes guests with CPython loaded, all from one compiled module and one snapshot. */
export function createPythonGuests(isolatedVm: IsolatedVm, runtimeAssets: PythonRuntimeAssets): WasmGuests {
  return new WasmGuests(isolatedVm, pythonKind(isolatedVm, runtimeAssets));
}

/** The memory of a guest before any job, from which later guests start. */
export async function makeSnapshot(isolatedVm: IsolatedVm, runtimeAssets: PythonRuntimeAssets): Promise<Uint8Array> {
  const kind = pythonKind(isolatedVm, runtimeAssets);
  let snapshot = new ArrayBuffer(0);
  const guests = new WasmGuests(isolatedVm, {
    ...kind,
    async prepare(isolate, context, entry) {
      await kind.prepare(isolate, context, entry);
      snapshot = (await entry.apply(undefined, ['snapshot'], { result: { copy: true } })) as ArrayBuffer;
    },
  });
  (await guests.create(0)).dispose();
  return new Uint8Array(snapshot);
}

function pythonKind(isolatedVm: IsolatedVm, runtimeAssets: PythonRuntimeAssets): GuestKind {
  // Keeps no reference to the runtime assets: their large files are needed only here.
  const { texts, entries, sources, lockInfo, memoryMaxMb } = runtimeAssets;
  const loader = new ModuleLoader({ texts: new Map([...texts].map(compileAtOnce)), entries });
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyApi };
  const compiled = WebAssembly.compile(boundMemory(runtimeAssets.wasm, memoryMaxMb)).then(
    (module) => new isolatedVm.ExternalCopy(module),
  );
  // The code that makes a guest gets the error; until then, isolate and loader are created in parallel.
  compiled.catch(() => undefined);
  const keep = (bytes: Uint8Array): ivm.ExternalCopy => {
    const buffer = bufferOf(bytes);
    return new isolatedVm.ExternalCopy(buffer, { transferList: [buffer] });
  };
  const stdlib = keep(runtimeAssets.stdlib);
  const snapshot = runtimeAssets.snapshot && keep(runtimeAssets.snapshot);
  return {
    source: wasmRealmSource(
      bootstrapPython,
      createPythonRequests,
      createPythonFiles,
      createPythonToolCalls,
      sealWebAssembly,
    ),
    heapMb: () => heapMb,
    async prepare(isolate, context, entry) {
      const [create, load] = [
        await loader.load(isolate, context, 'asm'),
        await loader.load(isolate, context, 'loader'),
      ];
      const assets = {
        wasm: (await compiled).copyInto(),
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

/**
 * V8 compiles a function in parentheses together with its module, and keeps it in the code cache. Otherwise each guest
 * would parse this function of 1.2 MB at its call, which takes 20 ms.
 */
function compileAtOnce([path, text]: readonly [string, string]): [path: string, text: string] {
  const [, body] = /^(async function (\w+)\(.*\})export default \2;\s*$/su.exec(text) ?? [];
  return [path, body === undefined ? text : `export default (${body});`];
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

/** Returns the buffer if it holds only these bytes; copies a part of a larger one. */
function bufferOf(bytes: Uint8Array): ArrayBuffer {
  if (bytes.length === bytes.buffer.byteLength) return bytes.buffer as ArrayBuffer;
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
}
