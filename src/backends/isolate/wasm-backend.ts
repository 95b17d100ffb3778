/**
 * Theory of operation. Python and Bash without a container: CPython compiled to WebAssembly (Pyodide) and just-bash run
 * inside isolates, in host processes of the same kind as JavaScript's, but of a fleet of their own. A host can read none
 * of that: the engine reads an interpreter's files, sends them over once (`kits/`), and the host makes guests of them
 * ahead, each for one job. A Python guest starts from a memory snapshot, which is made once for a version of all that
 * goes into it, by a host that has run no guest, and kept in the user's cache folder.
 */
import { availableParallelism } from 'node:os';
import type { Backend, Check } from '../../contract/backend.ts';
import type { HostLauncher } from '../../contract/host-launcher.ts';
import type { Job } from '../../contract/job.ts';
import { defaultCeilings, type Limits } from '../../contract/limits.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { untilAborted } from '../../support/until-aborted.ts';
import { Fleet } from './fleet.ts';
import { hostArguments } from './host-command.ts';
import { hostEvents } from './host-events.ts';
import { HostProcess } from './host-process.ts';
import { IsolateCell } from './isolate-cell.ts';
import { type ForeignLanguage, findPeer, foreignLanguages, type Kit, peerOf, peerVersions } from './kits/kit.ts';
import { Kits } from './kits/kits.ts';
import { Outfitter } from './kits/outfitter.ts';
import { SnapshotCache } from './kits/snapshot-cache.ts';
import { memoryBudgetMb } from './memory-budget.ts';
import { type IsolateOptions, settleOptions } from './options.ts';
import { createProcessLauncher } from './process-launcher.ts';

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
/** What such a host takes without jobs, in MiB: kits and a waiting guest of each language come to 300. */
const idleMb = 640;

/**
 * The first Python guest of a tenant takes a second of a processor, the very first ever, with the snapshot, six; where ten
 * programs want each core, that is ten times as long.
 */
const leaseMinMs = 30_000;

/** Makes the wasm backend. Costs nothing: no process, no timer, no file read. */
export function createWasmBackend(options: WasmOptions = {}, placement: WasmPlacement = {}): Backend {
  const { spareGuests = 1, cacheFolder, ...rest } = options;
  const settings = settleOptions({ spareHosts: 0, slots: availableParallelism(), ...rest });
  const { launcher = createProcessLauncher(), ceilings = defaultCeilings, events } = placement;
  const say = (detail: string): void => events?.emit?.({ type: 'backend.preparing', backend: 'wasm', detail });
  const program = {
    nodeArguments: (home: Parameters<typeof hostArguments>[1]) =>
      hostArguments({ spareIsolates: 0, takesKits: true }, home),
    files: () => kits.filesToOpen(),
    memoryMb: memoryBudgetMb([ceilings, ceilings], idleMb),
    idleMb,
  };
  const outfitter = new Outfitter({
    spares: spareGuests,
    memoryMaxMb: interpreterMb + ceilings.memoryMb,
    content: (file) => kits.content(file),
  });
  const told = outfitter.told.bind(outfitter);
  const kits = new Kits(makeSnapshot, new SnapshotCache(cacheFolder));
  const fleet = new Fleet(settings, launcher, program, {
    ...hostEvents('wasm', events),
    told,
    // Each host has all that was asked for so far, so that a tenant's first call finds it ready.
    started(host) {
      for (const language of kits.languages) void equip(host, language).catch(() => undefined);
    },
  });

  async function makeSnapshot(kit: Kit): Promise<Uint8Array> {
    const host = new HostProcess(launcher.launch(program), { told, changed: () => undefined }, idleMb);
    host.hold();
    try {
      return await outfitter.makeSnapshot(host, kit);
    } finally {
      host.kill({ kind: 'retired' });
      await host.exit;
      host.unhold();
    }
  }
  async function equip(host: HostProcess, language: ForeignLanguage): Promise<Kit> {
    const kit = await kits.get(language);
    await outfitter.equip(host, kit);
    return kit;
  }

  return {
    name: 'wasm',
    languages: foreignLanguages,
    slots: settings.slots,
    leaseMinMs,
    async lease(job, signal) {
      const language = languageOf(job);
      await untilAborted(kits.locate(language, say), signal);
      // It starts while the kit is checked.
      if (fleet.isEmpty) void fleet.prepare(signal).catch(() => undefined);
      await untilAborted(kits.get(language), signal);
      for (;;) {
        const { host, running, warm } = await fleet.place(job, signal);
        try {
          const { runtime } = await untilAborted(equip(host, language), signal);
          await outfitter.reserve(host, running, job, signal);
          const sandbox = { backend: 'wasm', isolation: job.isolation, runtime, warm } as const;
          return new IsolateCell(host, running, sandbox, () => outfitter.release(host, running));
        } catch (error) {
          host.release(running);
          // One that ended under it, by what another job of the tenant did, is not this job's fault; the next host is another.
          if (signal.aborted || host.usable || !host.isReady) throw error;
        }
      }
    },
    async warm(job, count, signal) {
      const language = languageOf(job);
      await untilAborted(kits.get(language), signal);
      const hosts = await fleet.warm(count, signal);
      await untilAborted(Promise.all(hosts.map((host) => equip(host, language))), signal);
    },
    pool: () => [fleet.spares()],
    async prepare(report, signal) {
      await launcher.prepare(report, signal);
      for (const language of foreignLanguages) {
        const step = `${language} in WebAssembly`;
        if (findProblem(language)) continue;
        const startedAt = performance.now();
        try {
          await untilAborted(
            kits.get(language, (detail) => report({ step, state: 'running', detail })),
            signal,
          );
        } catch (error) {
          report({ step, state: 'failed', detail: error instanceof Error ? error.message : String(error) });
          throw error;
        }
        report({ step, state: 'done', detail: `ready after ${Math.round(performance.now() - startedAt)} ms` });
      }
    },
    check: () => Promise.resolve(foreignLanguages.map(checkPeer)),
    close: () => fleet.close(),
  };
}

function languageOf({ language }: Job): ForeignLanguage {
  return language === 'bash' ? 'bash' : 'python';
}

function findProblem(language: ForeignLanguage): string | undefined {
  try {
    findPeer(language);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Nobody has to have them, so that one is missing is no fault; another version is one that nobody tried. */
function checkPeer(language: ForeignLanguage): Check {
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
