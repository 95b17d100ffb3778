/**
 * Theory of operation. Python and Bash without a container: CPython compiled to WebAssembly (Pyodide) and just-bash run
 * inside isolates, in host processes like those for JavaScript, but in a separate host pool. A host cannot read files:
 * the engine reads an interpreter's files and sends them once (`wasm/assets/`), and the host makes guests from them in
 * advance, each for one job. A Python guest starts from a memory snapshot. A host that has run no guest makes it, once
 * for each version of its inputs, and the user's cache folder keeps it.
 */

import { availableParallelism } from 'node:os';
import type { Check } from '../../contract/api/backend-reports.ts';
import { defaultCeilings, type Limits } from '../../contract/api/limits.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Backend } from '../../contract/spi/backend.ts';
import type { HostLauncher } from '../../contract/spi/host-launcher.ts';
import type { Job } from '../../contract/spi/job.ts';
import { runStep } from '../../contract/spi/run-step.ts';
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

/** Settings of the wasm backend. All have defaults; `slots` is one for each core. */
export interface WasmOptions extends Omit<IsolateOptions, 'spareIsolates'> {
  /** Guests of each language that wait in a host process. Default 1: a Python guest takes about 90 MiB. */
  readonly spareGuests?: number | undefined;
  /** Folder for snapshots. Default: `hotcell` in the user's cache folder. */
  readonly cacheFolder?: string | undefined;
}

/** Settings that come from the engine. */
export interface WasmPlacement {
  readonly launcher?: HostLauncher | undefined;
  readonly ceilings?: Limits | undefined;
  /** Receives events about host processes and slow preparations. */
  readonly events?: EventHub | undefined;
}

/** The interpreter's memory before a guest runs, in MiB. */
const interpreterMb = 48;
/** Memory allowed for such a host without jobs, in MiB; runtime assets and a waiting guest of each language take 300. */
const idleMb = 640;

/**
 * After the start of its host, a tenant's first Python guest takes one second of processor time, and the very first
 * guest, with the snapshot, six. If several programs compete for each core, that takes several times as long.
 */
const leaseMs = startMaxMs + 30_000;

/**
 * Python calls itself for each level of what it frees, compares or reads. With the usual 8 MiB, 30 000 linked objects end
 * the interpreter; with these, 400 000 do not.
 */
const interpreterStackMb = 64;

/** Makes the wasm backend. Starts no process and no timer, and reads no file. */
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
    stackMb: interpreterStackMb,
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
    // Each host loads all languages used so far, so that a tenant's first call finds them ready.
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
    leaseMs,
    canBeMissing: true,
    isAvailable: (_, language) => Promise.resolve(findProblem(language === 'bash' ? 'bash' : 'python') === undefined),
    async lease(job, signal) {
      const language = languageOf(job);
      await abortable(assetStore.locate(language, say), signal);
      // The host starts while the runtime assets are checked.
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
          // If another job of the tenant ended the host, this job is not at fault; the next lease gets a different
          // host.
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
        if (findProblem(language)) continue;
        await runStep(`${language} in WebAssembly`, report, async (progress) => {
          const startedAt = performance.now();
          await abortable(assetStore.get(language, progress), signal);
          return `ready after ${Math.round(performance.now() - startedAt)} ms`;
        });
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
    return textOfThrown(error);
  }
}

/** The packages are optional, so a missing one is not a fault; another version is untested. */
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
