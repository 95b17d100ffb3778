import { HotcellError } from '../../../contract/errors.ts';
import type { Job } from '../../../contract/job.ts';
import { untilAborted } from '../../../support/until-aborted.ts';
import type { HostProcess } from '../host-process.ts';
import {
  type EquipMessage,
  type EquippedMessage,
  hostKinds,
  hostOrders,
  type ReservedMessage,
  type ReserveMessage,
} from '../protocol.ts';
import type { Running } from '../running.ts';
import type { Kit, KitFile } from './kit.ts';

/** How hosts are equipped. */
export interface Outfit {
  /** Guests of each language that wait in a host. */
  readonly spares: number;
  /** The most that an interpreter's own memory may come to, in MiB. */
  readonly memoryMaxMb: number;
  /** Reads a file that a host did not find open. */
  readonly content: (file: KitFile) => Promise<Uint8Array>;
}

/** One language in one host: on its way there, there, or refused. */
interface Delivery {
  readonly done: PromiseWithResolvers<void>;
  readonly snapshot: Uint8Array[];
}

/** Sends kits to host processes, each once, and hears what became of them. */
export class Outfitter {
  readonly #outfit: Outfit;
  readonly #deliveries = new WeakMap<HostProcess, Map<string, Delivery>>();

  readonly #reservations = new WeakMap<
    Running,
    { readonly language: string; readonly asked: PromiseWithResolvers<void> }
  >();

  constructor(outfit: Outfit) {
    this.#outfit = outfit;
  }

  /**
   * Settles when the host has a guest of that language waiting.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where it cannot have one, or is gone.
   */
  equip(host: HostProcess, kit: Kit): Promise<void> {
    return this.#deliver(host, kit, false).done.promise;
  }

  /** Has a host that has nothing yet make a memory snapshot. */
  async makeSnapshot(host: HostProcess, kit: Kit): Promise<Uint8Array> {
    const { done, snapshot } = this.#deliver(host, kit, true);
    await done.promise;
    return Buffer.concat(snapshot);
  }

  /**
   * Settles when a guest waits for the job: its clock must not run before that.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` where there can be none; `signal.reason` once `signal` is aborted.
   */
  async reserve(host: HostProcess, running: Running, { language, limits }: Job, signal: AbortSignal): Promise<void> {
    const { job } = running.port;
    const asked = Promise.withResolvers<void>();
    this.#reservations.set(running, { language, asked });
    const order: ReserveMessage = { job, language, memoryMb: limits.memoryMb };
    void host.order(hostOrders.reserve, Buffer.from(JSON.stringify(order)));
    void host.exit.then(() => asked.reject(cannotRun(language, 'the host process ended')));
    try {
      await untilAborted(asked.promise, signal);
    } catch (error) {
      this.release(host, running);
      throw error;
    }
  }

  /** The job will not come. */
  release(host: HostProcess, { port }: Running): void {
    void host.order(hostOrders.release, Buffer.from(String(port.job)));
  }

  /** What a host says beside its jobs. */
  told(host: HostProcess, kind: number, payload: Uint8Array): void {
    const deliveries = this.#deliveries.get(host);
    if (kind === hostKinds.snapshot) deliveries?.get('python')?.snapshot.push(payload);
    if (kind === hostKinds.reserved)
      this.#reserved(host, JSON.parse(Buffer.from(payload).toString()) as ReservedMessage);
    if (kind !== hostKinds.equipped) return;
    const { language, error } = JSON.parse(Buffer.from(payload).toString()) as EquippedMessage;
    if (error === undefined) deliveries?.get(language)?.done.resolve();
    else deliveries?.get(language)?.done.reject(cannotRun(language, error));
  }

  #reserved(host: HostProcess, { job, error }: ReservedMessage): void {
    const running = host.running.get(job);
    const reservation = running && this.#reservations.get(running);
    if (error === undefined) reservation?.asked.resolve();
    else reservation?.asked.reject(cannotRun(reservation.language, error));
  }

  #deliver(host: HostProcess, kit: Kit, makesSnapshot: boolean): Delivery {
    const deliveries = this.#deliveries.get(host) ?? new Map<string, Delivery>();
    this.#deliveries.set(host, deliveries);
    const known = deliveries.get(kit.language);
    if (known) return known;
    const delivery: Delivery = { done: Promise.withResolvers(), snapshot: [] };
    deliveries.set(kit.language, delivery);
    // Whoever waits for it hears of it.
    delivery.done.promise.catch(() => undefined);
    void this.#send(host, kit, makesSnapshot).catch((error: unknown) => delivery.done.reject(error));
    void host.exit.then(() => delivery.done.reject(cannotRun(kit.language, 'the host process ended')));
    return delivery;
  }

  async #send(host: HostProcess, { language, files, entries }: Kit, makesSnapshot: boolean): Promise<void> {
    await host.ready;
    const { memoryMaxMb, spares, content } = this.#outfit;
    const opened: Record<string, { readonly fd: number; readonly from: number }> = {};
    for (const [name, file] of files) {
      const fd = file instanceof Uint8Array ? undefined : host.files.get(file);
      if (fd !== undefined && !(file instanceof Uint8Array)) opened[name] = { fd, from: file.from };
      else {
        const bytes = await content(file);
        await host.order(hostOrders.kitFile, Buffer.concat([Buffer.from(`${language}/${name}\0`), bytes]));
      }
    }
    const order: EquipMessage = { language, entries, opened, memoryMaxMb, spares, makesSnapshot };
    await host.order(hostOrders.equip, Buffer.from(JSON.stringify(order)));
  }
}

function cannotRun(language: string, why: string): HotcellError {
  const message = `The host process cannot run ${language} (${why}); run "hotcell doctor".`;
  return new HotcellError('BACKEND_UNAVAILABLE', message, { ran: 'no' });
}
