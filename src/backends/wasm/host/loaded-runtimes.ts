import { closeSync, fstat, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Limits } from '../../../contract/api/limits.ts';
import type { Language } from '../../../contract/api/request.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import type { Guest, IsolatedVm } from '../../isolate/host/guest/guest.ts';
import {
  hostCommands,
  hostKinds,
  type LoadedMessage,
  type LoadMessage,
  type ReservedMessage,
  type ReserveMessage,
} from '../../isolate/protocol.ts';
import { createBashGuests } from './bash-guests.ts';
import { createPythonGuests, makeSnapshot, type PythonRuntimeAssets } from './python-guests.ts';
import { SpareWasmGuests } from './spare-wasm-guests.ts';

/** Most bytes in one control message. */
const pieceMaxBytes = 1_000_000;

/**
 * The languages that this host has loaded besides those of V8. The host cannot read files, wherever it runs: the engine
 * sends an interpreter's files, its runtime assets, once.
 */
export class LoadedRuntimes {
  readonly #isolatedVm: IsolatedVm;
  readonly #send: (kind: number, payload: Uint8Array | string) => void;
  readonly #spares = new Map<Language, SpareWasmGuests>();
  readonly #reserved = new Map<number, Guest>();
  readonly #unwanted = new Set<number>();
  #pending = 0;
  readonly #files = new Map<string, Buffer<ArrayBuffer>>();

  constructor(isolatedVm: IsolatedVm, send: (kind: number, payload: Uint8Array | string) => void) {
    this.#isolatedVm = isolatedVm;
    this.#send = send;
  }

  /** Whether it is preparing something outside any job; meanwhile the engine must receive heartbeats from this host. */
  get isBusy(): boolean {
    return this.#pending > 0 || this.#files.size > 0;
  }

  /** The fresh guest that was reserved for a job; the job's limits now apply to it. */
  take(job: number, { memoryMb }: Limits): Guest {
    const guest = this.#reserved.get(job);
    if (!guest) throw new Error('no guest was reserved for this job');
    this.#reserved.delete(job);
    guest.open?.(memoryMb);
    return guest;
  }

  /** Call this when a job starts; see {@link SpareWasmGuests}. */
  pause(): void {
    for (const spares of this.#spares.values()) spares.pause();
  }

  /** Call this when a job is over; disposes a reserved guest that the job did not use. */
  jobEnded(job: number): void {
    this.#reserved.get(job)?.dispose();
    this.#reserved.delete(job);
    this.#refill();
  }

  #refill(): void {
    for (const spares of this.#spares.values()) spares.refill();
  }

  /** Carries out a command of the engine. */
  follow(kind: number, payload: Uint8Array): void {
    if (kind === hostCommands.assetFile) {
      const end = payload.indexOf(0);
      const name = Buffer.from(payload.subarray(0, end)).toString();
      this.#files.set(name, Buffer.from(payload.subarray(end + 1)));
    } else if (kind === hostCommands.load) {
      const order = JSON.parse(Buffer.from(payload).toString()) as LoadMessage;
      const { language } = order;
      const tell = (message: LoadedMessage): void => this.#send(hostKinds.loaded, JSON.stringify(message));
      this.#count(this.#load(order)).then(
        () => tell({ language }),
        (error: unknown) => tell({ language, error: textOfThrown(error) }),
      );
    } else if (kind === hostCommands.reserve) {
      const order = JSON.parse(Buffer.from(payload).toString()) as ReserveMessage;
      const { job } = order;
      const tell = (message: ReservedMessage): void => this.#send(hostKinds.reserved, JSON.stringify(message));
      this.#count(this.#reserve(order)).then(
        () => tell({ job }),
        (error: unknown) => tell({ job, error: textOfThrown(error) }),
      );
    } else if (kind === hostCommands.release) this.#release(Number(Buffer.from(payload).toString()));
  }

  async #count(work: Promise<void>): Promise<void> {
    this.#pending += 1;
    try {
      await work;
    } finally {
      this.#pending -= 1;
    }
  }

  async #reserve({ job, language, memoryMb }: ReserveMessage): Promise<void> {
    const spares = this.#spares.get(language);
    if (!spares) throw new Error(`this host cannot run ${language}`);
    spares.pause();
    this.#reserved.set(job, await spares.take(memoryMb));
    if (this.#unwanted.delete(job)) this.#release(job);
  }

  /** May run before or after the guest is ready. */
  #release(job: number): void {
    const guest = this.#reserved.get(job);
    if (!guest) {
      this.#unwanted.add(job);
      return;
    }
    this.jobEnded(job);
  }

  async #load(order: LoadMessage): Promise<void> {
    const { language, spares: target } = order;
    const files = this.#takeFiles(`${language}/`);
    const opened = Object.entries(order.opened).map(async ([name, { fd, from }]) => {
      files.set(name, await readOpened(fd, from));
    });
    await Promise.all(opened);
    const sources = sourcesOf(files, order);
    const python = (): PythonRuntimeAssets => ({
      ...sources,
      wasm: take(files, 'wasm'),
      stdlib: take(files, 'stdlib'),
      snapshot: files.get('snapshot'),
      sources: take(files, 'sources').toString(),
      lockInfo: take(files, 'lock-info').toString(),
      memoryMaxMb: order.memoryMaxMb,
    });
    if (order.makesSnapshot) return this.#sendSnapshot(await makeSnapshot(this.#isolatedVm, python()));
    const guests =
      language === 'bash'
        ? createBashGuests(this.#isolatedVm, sources)
        : createPythonGuests(this.#isolatedVm, python());
    const spares = new SpareWasmGuests(guests, target, language === 'python');
    await spares.fill();
    this.#spares.set(language, spares);
  }

  /** Assets of two languages may arrive at the same time. */
  #takeFiles(prefix: string): Map<string, Buffer<ArrayBuffer>> {
    const files = new Map<string, Buffer<ArrayBuffer>>();
    for (const [name, content] of this.#files) {
      if (!name.startsWith(prefix)) continue;
      files.set(name.slice(prefix.length), content);
      this.#files.delete(name);
    }
    return files;
  }

  #sendSnapshot(snapshot: Uint8Array): void {
    for (let at = 0; at < snapshot.length; at += pieceMaxBytes) {
      this.#send(hostKinds.snapshot, snapshot.subarray(at, at + pieceMaxBytes));
    }
    this.#send(hostKinds.snapshot, '');
  }
}

/** Reads a file that the engine opened for this host, and closes it. */
async function readOpened(fd: number, from: number): Promise<Buffer<ArrayBuffer>> {
  const { size } = await promisify(fstat)(fd);
  const bytes = Buffer.from(new ArrayBuffer(size - from));
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await promisify(read)(fd, bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) throw new Error('a file of the runtime assets was cut short');
    at += bytesRead;
  }
  closeSync(fd);
  return bytes;
}

function take(files: Map<string, Buffer<ArrayBuffer>>, name: string): Buffer<ArrayBuffer> {
  const file = files.get(name);
  if (!file) throw new Error(`the runtime assets have no ${name}`);
  return file;
}

/** The modules among the files, recognised by their names. */
function sourcesOf(
  files: ReadonlyMap<string, Buffer>,
  { entries }: LoadMessage,
): {
  readonly texts: ReadonlyMap<string, string>;
  readonly entries: LoadMessage['entries'];
} {
  const texts = [...files]
    .filter(([name]) => /\.m?js$/u.test(name))
    .map(([name, bytes]) => [name, bytes.toString()] as const);
  return { texts: new Map(texts), entries };
}
