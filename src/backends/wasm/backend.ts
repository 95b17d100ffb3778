/**
 * Theory of operation. Python and Bash without a container: CPython compiled to WebAssembly (Pyodide) and just-bash run
 * inside isolates, in host processes of the same kind as JavaScript's, but of a host pool of their own. A host can read none
 * of that: the engine reads an interpreter's files, sends them over once (`wasm/assets/`), and the host makes guests of them
 * ahead, each for one job. A Python guest starts from a memory snapshot, which is made once for a version of all that
 * goes into it, by a host that has run no guest, and kept in the user's cache folder.
 */
import { availableParallelism } from 'node:os';
import { defaultCeilings, type Limits } from '../../contract/api/limits.ts';
import type { Backend, Check } from '../../contract/spi/backend.ts';
import type { HostLauncher } from '../../contract/spi/host-launcher.ts';
import type { Job } from '../../contract/spi/job.ts';
import { abortable } from '../../support/abortable.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { hostArguments } from '../isolate/host-arguments.ts';
import { hostEvents } from '../isolate/host-events.ts';
import { memoryBudgetMb } from '../isolate/host-memory.ts';
import { HostPool } from '../isolate/host-pool.ts';
import { HostProcess, startMaxMs } from '../isolate/host-process.ts';
import { IsolateCell } from '../isolate/isolate-cell.ts';
import { type IsolateOptions, resolveOptions } from '../isolate/options.ts';
import { createProcessLauncher } from '../isolate/process-launcher.ts';
import { AssetLoader } from './assets/asset-loader.ts';
import { AssetStore } from './assets/asset-store.ts';
import {
  findPeer,
  peerOf,
  peerVersions,
  type RuntimeAssets,
  type WasmLanguage,
  wasmLanguages,
} from './assets/runtime-assets.ts';
import { SnapshotCache } from './assets/snapshot-cache.ts';

/** How the wasm backend is laid out; everything has a default, `slots` one a core. */
export interface WasmOptions extends Omit<IsolateOptions, 'spareIsolates'> {
  /** Guests of each language that wait in a host process. Default 1: a Python guest takes some 90 MiB. */
  readonly spareGuests?: number | undefined;
  /** Where snapshots are kept. Default: `hotcell` in the user's cache folder. */
  readonly cacheFolder?: string | undefined;
}

/** What the engine decides for the wasm backend. */
export interface WasmPlacement {
  readonly launcher?: HostLauncher | undefined;
  readonly ceilings?: Limits | undefined;
  /** Hears of the host processes, and of what takes long. */
  readonly events?: EventHub | undefined;
}

/** The interpreter's memory before a guest does anything, in MiB. */
const interpreterMb = 48;
/** What such a host takes without jobs, in MiB: runtime assets and a waiting guest of each language come to 300. */
const idleMb = 640;

/**
 * After the start of its host, the first Python guest of a tenant takes a second of a processor, the very first ever, with
 * the snapshot, six. On a machine where several programs want each core, that takes several times as long.
 */
const leaseMinMs = startMaxMs + 30_000;

/** Makes the wasm backend. Costs nothing: no process, no timer, no file read. */
export function createWasmBackend(options: WasmOptions = {}, placement: WasmPlacement = {}): Backend {
  const { spareGuests = 1, cacheFolder, ...rest } = options;
  const settings = resolveOptions({ spareHosts: 0, slots: availableParallelism(), ...rest });
  const { launcher = createProcessLauncher(), ceilings = defaultCeilings, events } = placement;
  const say = (detail: string): void => events?.emit?.({ type: 'backend.preparing', backend: 'wasm', detail });
  const program = {
    nodeArguments: (home: Parameters<typeof hostArguments>[1]) =>
      hostArguments({ spareIsolates: 0, loadsRuntimes: true }, home),
    files: () => assetStore.filesToOpen(),
    memoryMb: memoryBudgetMb([ceilings, ceilings], idleMb),
    idleMb,
  };
  const assetLoader = new AssetLoader({
    spares: spareGuests,
    memoryMaxMb: interpreterMb + ceilings.memoryMb,
    content: (file) => assetStore.content(file),
  });
  const onMessage = assetLoader.onMessage.bind(assetLoader);
  const assetStore = new AssetStore(makeSnapshot, new SnapshotCache(cacheFolder));
  const hostPool = new HostPool(settings, launcher, program, {
    ...hostEvents('wasm', events),
    onMessage,
    // Each host has all that was asked for so far, so that a tenant's first call finds it ready.
    onStart(host) {
      for (const language of assetStore.languages) void load(host, language).catch(() => undefined);
    },
  });

  async function makeSnapshot(assets: RuntimeAssets): Promise<Uint8Array> {
    const host = new HostProcess(launcher.launch(program), { onMessage, onChange: () => undefined }, idleMb);
    host.hold();
    try {
      return await assetLoader.makeSnapshot(host, assets);
    } finally {
      host.kill({ kind: 'retired' });
      await host.exit;
      host.unhold();
    }
  }
  async function load(host: HostProcess, language: WasmLanguage): Promise<RuntimeAssets> {
    const assets = await assetStore.get(language);
    await assetLoader.load(host, assets);
    return assets;
  }

  return {
    name: 'wasm',
    languages: wasmLanguages,
    slots: settings.slots,
    leaseMinMs,
    answers: (_, language) => Promise.resolve(findProblem(language === 'bash' ? 'bash' : 'python') === undefined),
    async lease(job, signal) {
      const language = languageOf(job);
      await abortable(assetStore.locate(language, say), signal);
      // It starts while the runtime assets are checked.
      if (hostPool.isEmpty) void hostPool.prepare(signal).catch(() => undefined);
      await abortable(assetStore.get(language), signal);
      for (;;) {
        const { host, running, warm } = await hostPool.lease(job, signal);
        try {
          const { runtime } = await abortable(load(host, language), signal);
          await assetLoader.reserve(host, running, job, signal);
          const sandbox = { backend: 'wasm', isolation: job.isolation, runtime, warm } as const;
          return new IsolateCell(host, running, sandbox, () => assetLoader.release(host, running));
        } catch (error) {
          host.release(running);
          // One that ended under it, by what another job of the tenant did, is not this job's fault; the next host is another.
          if (signal.aborted || host.usable || !host.isReady) throw error;
        }
      }
    },
    async warm(job, count, signal) {
      const language = languageOf(job);
      await abortable(assetStore.get(language), signal);
      const hosts = await hostPool.warm(count, signal);
      await abortable(Promise.all(hosts.map((host) => load(host, language))), signal);
    },
    pool: () => [hostPool.spares()],
    async prepare(report, signal) {
      await launcher.prepare(report, signal);
      for (const language of wasmLanguages) {
        const step = `${language} in WebAssembly`;
        if (findProblem(language)) continue;
        const startedAt = performance.now();
        try {
          await abortable(
            assetStore.get(language, (detail) => report({ step, state: 'running', detail })),
            signal,
          );
        } catch (error) {
          report({ step, state: 'failed', detail: error instanceof Error ? error.message : String(error) });
          throw error;
        }
        report({ step, state: 'done', detail: `ready after ${Math.round(performance.now() - startedAt)} ms` });
      }
    },
    check: () => Promise.resolve(wasmLanguages.map(checkPeer)),
    close: () => hostPool.close(),
  };
}

function languageOf({ language }: Job): WasmLanguage {
  return language === 'bash' ? 'bash' : 'python';
}

function findProblem(language: WasmLanguage): string | undefined {
  try {
    findPeer(language);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Nobody has to have them, so that one is missing is no fault; another version is one that nobody tried. */
function checkPeer(language: WasmLanguage): Check {
  const name = `wasm ${language}`;
  const wanted = peerVersions[peerOf[language]];
  const remedy = `Run "npm install ${peerOf[language]}@${wanted}".`;
  if (findProblem(language)) {
    return { name, verdict: 'ok', detail: `${peerOf[language]} is not installed: only containers run ${language}` };
  }
  const { version } = findPeer(language);
  const detail = `${peerOf[language]} ${version}`;
  return version === wanted
    ? { name, verdict: 'ok', detail }
    : { name, verdict: 'warn', detail: `${detail}, and hotcell is tested with ${wanted}`, remedy };
}
