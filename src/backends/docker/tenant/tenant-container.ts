import { pipeline } from 'node:stream';
import { Channel, controlJob } from '../../../cells/protocol/channel.ts';
import { cellKinds, engineKinds } from '../../../cells/protocol/frame-codec.ts';
import type { SandboxInfo } from '../../../contract/api/result.ts';
import type { CellEnd } from '../../../contract/spi/backend.ts';
import type { Job } from '../../../contract/spi/job.ts';
import { DockerDemux } from '../daemon/demux.ts';
import type { AttachedContainer } from '../daemon/start-container.ts';
import { TenantCell } from './tenant-cell.ts';

/** The parts of a tenant's container. */
export interface TenantContainerParts extends AttachedContainer {
  /** Its user ids: the first one, and the number of jobs at one time that they are enough for. */
  readonly users: { readonly firstId: number; readonly slots: number };
  readonly sandbox: SandboxInfo;
  readonly messageMaxBytes: number;
  /** Called when its last job ended, or when it is over. */
  onChange(container: TenantContainer): void;
}

/** A supervisor or zygote is pinged at this interval; if it does not answer in time, it is killed with all its jobs. */
const pingEveryMs = 15_000;
const pongMs = 10_000;

/** A container that runs the jobs of one tenant, each isolated from the others (`sandbox-images/tenant/main.py`). */
export class TenantContainer {
  /** Settles with `undefined` when the supervisor says `ready`, or with the container's end if that comes first. */
  readonly ready: Promise<CellEnd | undefined>;
  /** Its tenant, from its first job on; it never changes. */
  tenant: string | undefined;
  /** The reason why this host cannot isolate jobs within one container; `undefined` if it can. */
  refusal: string | undefined;
  /** Whether it stays without calls. */
  isKept = false;
  isOver = false;
  /** Whether it died without a request of the engine. */
  isLost = false;
  /** Jobs that were running when it ended. */
  jobsAtEnd = 0;
  /** Jobs that it has had so far. */
  jobs = 0;
  idleSince: number = performance.now();
  readonly running: Set<TenantCell> = new Set();
  readonly #parts: TenantContainerParts;
  readonly #demux = new DockerDemux();
  readonly #channel: Channel;
  readonly #ready: PromiseWithResolvers<CellEnd | undefined> = Promise.withResolvers();
  readonly #byJob = new Map<number, TenantCell>();
  #waiting: PromiseWithResolvers<void> = Promise.withResolvers();
  #pingTimer: NodeJS.Timeout | undefined;
  #pongTimer: NodeJS.Timeout | undefined;

  constructor(parts: TenantContainerParts) {
    this.#parts = parts;
    this.ready = this.#ready.promise;
    this.#channel = new Channel(this.#demux, parts.stream, {
      control: (kind, payload) => this.#receive(kind, payload),
      closed: ({ message }) => void this.#close(message),
      violated: (job, message) => {
        void this.#channel.send(job, engineKinds.drop, new Uint8Array());
        this.#byJob.get(job)?.end({ code: 'PROTOCOL_VIOLATION', message, ran: 'unknown' });
      },
    });
    // Errors of the stream reach the channel through the demultiplexer.
    pipeline(parts.stream, this.#demux, () => {});
    void this.#channel.send(controlJob, engineKinds.begin, Buffer.from(JSON.stringify(parts.users)));
  }

  get name(): string {
    return this.#parts.name;
  }

  /** The end of what its runner wrote to stderr. */
  get diagnostics(): string {
    return this.#demux.diagnostics;
  }

  get isUsable(): boolean {
    return !this.isOver && !this.#channel.closed;
  }

  /** Sum of the memory limits of its jobs, in MiB. */
  get promisedMb(): number {
    let sum = 0;
    for (const { memoryMb } of this.running) sum += memoryMb;
    return sum;
  }

  /** Makes a cell for the job. `isWarm`: the container existed before the job came. */
  open(job: Job, isWarm: boolean): TenantCell {
    const port = this.#channel.open(this.#parts.messageMaxBytes);
    const over = (): void => {
      this.#byJob.delete(port.job);
      this.running.delete(cell);
      if (this.running.size > 0) return;
      this.idleSince = performance.now();
      this.#parts.stream.unref();
      this.#parts.onChange(this);
    };
    const cell = new TenantCell(
      { container: this.name, port, sandbox: { ...this.#parts.sandbox, warm: isWarm }, over },
      job,
    );
    if (this.running.size === 0) this.#parts.stream.ref();
    this.running.add(cell);
    this.#byJob.set(port.job, cell);
    this.jobs += 1;
    return cell;
  }

  /**
   * Makes the supervisor keep this number of cells waiting. Settles when they wait, or when that cannot happen any
   * more.
   */
  async keepWaiting(count: number): Promise<void> {
    this.#waiting.resolve();
    this.#waiting = Promise.withResolvers();
    void this.#channel.send(controlJob, engineKinds.spares, Buffer.from(JSON.stringify({ count })));
    this.#parts.stream.ref();
    await this.#waiting.promise;
    if (this.running.size === 0) this.#parts.stream.unref();
  }

  /** Kills the container; its jobs end as lost, with this message. */
  kill(message: string): void {
    if (this.isOver) return;
    this.isOver = true;
    this.jobsAtEnd = this.running.size;
    clearInterval(this.#pingTimer);
    clearTimeout(this.#pongTimer);
    this.#waiting.resolve();
    this.#parts.stream.destroy();
    this.#parts.remove();
    for (const cell of [...this.running]) cell.end({ code: 'CELL_LOST', message, ran: 'unknown' });
    this.#parts.onChange(this);
  }

  #receive(kind: number, payload: Uint8Array): void {
    clearTimeout(this.#pongTimer);
    if (kind === cellKinds.waiting) this.#waiting.resolve();
    if (kind !== cellKinds.ready) return;
    this.refusal = (JSON.parse(Buffer.from(payload).toString()) as { refused?: string }).refused;
    this.#parts.stream.unref();
    this.#pingTimer = setInterval(() => this.#ping(), pingEveryMs).unref();
    this.#ready.resolve(undefined);
  }

  #ping(): void {
    void this.#channel.send(controlJob, engineKinds.ping, new Uint8Array());
    const message = `The container of the tenant's jobs did not answer for ${pongMs} ms and was killed.`;
    this.#pongTimer = setTimeout(() => this.kill(message), pongMs).unref();
  }

  async #close(message: string): Promise<void> {
    if (this.isOver) return;
    const { stream } = this.#parts;
    const isCut = stream.readableEnded || stream.destroyed;
    const end = await this.#parts.explainExit(message, this.#demux.diagnostics);
    // Several jobs shared the container, so the cause is unknown.
    this.#ready.resolve({ ...end, code: 'CELL_LOST' });
    this.isLost = !this.isOver;
    this.kill(isCut ? end.message : `${message} ${end.message}`);
  }
}
