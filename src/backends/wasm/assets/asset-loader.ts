import { HotcellError } from '../../../contract/api/errors.ts';
import type { Job } from '../../../contract/spi/job.ts';
import { abortable } from '../../../support/abortable.ts';
import type { HostProcess } from '../../isolate/host-process.ts';
import {
  hostCommands,
  hostKinds,
  type LoadedMessage,
  type LoadMessage,
  type ReservedMessage,
  type ReserveMessage,
} from '../../isolate/protocol.ts';
import type { RunningJob } from '../../isolate/running-job.ts';
import type { AssetFile, RuntimeAssets } from './runtime-assets.ts';

/** Settings for loading runtimes into hosts. */
export interface AssetLoaderOptions {
  /** Number of guests of each language that wait in a host. */
  readonly spares: number;
  /** Most memory of an interpreter itself, in MiB. */
  readonly memoryMaxMb: number;
  /** Reads a file that the host did not inherit as an open descriptor. */
  readonly content: (file: AssetFile) => Promise<Uint8Array>;
}

/** One language in one host: being loaded, loaded, or failed. */
interface Loading {
  readonly done: PromiseWithResolvers<void>;
  readonly snapshot: Uint8Array[];
}

/** Sends runtime assets to host processes, to each host once, and receives the outcome. */
export class AssetLoader {
  readonly #options: AssetLoaderOptions;
  readonly #loadings = new WeakMap<HostProcess, Map<string, Loading>>();

  readonly #reservations = new WeakMap<
    RunningJob,
    { readonly language: string; readonly asked: PromiseWithResolvers<void> }
  >();

  constructor(options: AssetLoaderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the host has a waiting guest of that language.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if it cannot have one, or has ended.
   */
  load(host: HostProcess, assets: RuntimeAssets): Promise<void> {
    return this.#begin(host, assets, false).done.promise;
  }

  /** Lets a host that has loaded nothing make a memory snapshot. */
  async makeSnapshot(host: HostProcess, assets: RuntimeAssets): Promise<Uint8Array> {
    const { done, snapshot } = this.#begin(host, assets, true);
    await done.promise;
    return Buffer.concat(snapshot);
  }

  /**
   * Resolves when a guest waits for the job; the job's clock must not run before that.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if there can be none; `signal.reason` once `signal` is aborted.
   */
  async reserve(host: HostProcess, running: RunningJob, { language, limits }: Job, signal: AbortSignal): Promise<void> {
    const { job } = running.port;
    const asked = Promise.withResolvers<void>();
    this.#reservations.set(running, { language, asked });
    const order: ReserveMessage = { job, language, memoryMb: limits.memoryMb };
    void host.sendControl(hostCommands.reserve, Buffer.from(JSON.stringify(order)));
    void host.exit.then(() => asked.reject(cannotRun(language, 'the host process ended')));
    try {
      await abortable(asked.promise, signal);
    } catch (error) {
      this.release(host, running);
      throw error;
    }
  }

  /** Gives back the reservation of a job that will not run. */
  release(host: HostProcess, { port }: RunningJob): void {
    void host.sendControl(hostCommands.release, Buffer.from(String(port.job)));
  }

  /** Takes a host's messages outside any job. */
  onMessage(host: HostProcess, kind: number, payload: Uint8Array): void {
    const loadings = this.#loadings.get(host);
    if (kind === hostKinds.snapshot) loadings?.get('python')?.snapshot.push(payload);
    if (kind === hostKinds.reserved)
      this.#reserved(host, JSON.parse(Buffer.from(payload).toString()) as ReservedMessage);
    if (kind !== hostKinds.loaded) return;
    const { language, error } = JSON.parse(Buffer.from(payload).toString()) as LoadedMessage;
    if (error === undefined) loadings?.get(language)?.done.resolve();
    else loadings?.get(language)?.done.reject(cannotRun(language, error));
  }

  #reserved(host: HostProcess, { job, error }: ReservedMessage): void {
    const running = host.running.get(job);
    const reservation = running && this.#reservations.get(running);
    if (error === undefined) reservation?.asked.resolve();
    else reservation?.asked.reject(cannotRun(reservation.language, error));
  }

  #begin(host: HostProcess, assets: RuntimeAssets, makesSnapshot: boolean): Loading {
    const loadings = this.#loadings.get(host) ?? new Map<string, Loading>();
    this.#loadings.set(host, loadings);
    const known = loadings.get(assets.language);
    if (known) return known;
    const loading: Loading = { done: Promise.withResolvers(), snapshot: [] };
    loadings.set(assets.language, loading);
    // The code that waits for it gets the error.
    loading.done.promise.catch(() => undefined);
    void this.#send(host, assets, makesSnapshot).catch((error: unknown) => loading.done.reject(error));
    void host.exit.then(() => loading.done.reject(cannotRun(assets.language, 'the host process ended')));
    return loading;
  }

  async #send(host: HostProcess, { language, files, entries }: RuntimeAssets, makesSnapshot: boolean): Promise<void> {
    await host.ready;
    const { memoryMaxMb, spares, content } = this.#options;
    const opened: Record<string, { readonly fd: number; readonly from: number }> = {};
    for (const [name, file] of files) {
      const fd = file instanceof Uint8Array ? undefined : host.files.get(file);
      if (fd !== undefined && !(file instanceof Uint8Array)) opened[name] = { fd, from: file.from };
      else {
        const bytes = await content(file);
        await host.sendControl(hostCommands.assetFile, Buffer.concat([Buffer.from(`${language}/${name}\0`), bytes]));
      }
    }
    const order: LoadMessage = { language, entries, opened, memoryMaxMb, spares, makesSnapshot };
    await host.sendControl(hostCommands.load, Buffer.from(JSON.stringify(order)));
  }
}

function cannotRun(language: string, why: string): HotcellError {
  const message = `The host process cannot run ${language} (${why}); run "hotcell doctor".`;
  return new HotcellError('BACKEND_UNAVAILABLE', message, { ran: 'no' });
}
