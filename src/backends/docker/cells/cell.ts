import { pipeline } from 'node:stream';
import { sendJob } from '../../../cells/conversation/send-job.ts';
import type { Pooled } from '../../../cells/pool/pool-profile.ts';
import { Channel, controlJob, type Port } from '../../../cells/protocol/channel.ts';
import { cellKinds, engineKinds } from '../../../cells/protocol/frame-codec.ts';
import type { Limits } from '../../../contract/api/limits.ts';
import type { SandboxInfo } from '../../../contract/api/result.ts';
import type { Cell, CellEnd, CellListener } from '../../../contract/spi/backend.ts';
import type { Job } from '../../../contract/spi/job.ts';
import { DockerDemux } from '../daemon/demux.ts';
import type { AttachedContainer } from '../daemon/start-container.ts';
import { ProcessorWatch, type WatchedContainer } from './processor-watch.ts';

/** A cell's container. */
export interface CellParts extends AttachedContainer {
  readonly sandbox: SandboxInfo;
  readonly messageMaxBytes: number;
  /** Sets the container's limits to exactly these. */
  adapt(limits: Limits, signal: AbortSignal): Promise<void>;
  /** The host's count of processor time, if the container's own kernel counts too much. */
  readonly watched?: WatchedContainer | undefined;
}

/** How long a waiting runner may take to answer. The runner is idle, but the host may be busy. */
const pongMs = 1_000;

/** A container as a cell; the channel runs over its attached stdio. */
export class DockerCell implements Cell, Pooled {
  /** Settles when the container cannot take another job. */
  readonly died: Promise<void>;
  /** Settles with `undefined` when the runner says `ready`, or with the cell's end if that comes first. */
  readonly ready: Promise<CellEnd | undefined>;
  readonly #parts: CellParts;
  readonly #demux = new DockerDemux();
  readonly #channel: Channel;
  readonly #port: Port;
  readonly #watch: ProcessorWatch | undefined;
  readonly #died: PromiseWithResolvers<void> = Promise.withResolvers();
  #ponged: PromiseWithResolvers<boolean> = Promise.withResolvers();
  #isWarm = false;
  /** Whether it waits in the pool. While it waits, no call needs the reason why it died. */
  #isWaiting = false;
  #isOver = false;
  /** The job that was sent while the cell waited; `sent` settles when the cell's stream takes more. */
  #ahead: { readonly job: Job; readonly sent: Promise<void> } | undefined;
  #settleReady: (end: CellEnd | undefined) => void;

  constructor(parts: CellParts) {
    this.#parts = parts;
    this.died = this.#died.promise;
    const { promise, resolve } = Promise.withResolvers<CellEnd | undefined>();
    this.ready = promise;
    this.#settleReady = resolve;
    this.#channel = new Channel(this.#demux, parts.stream, {
      control: (kind) => {
        if (kind === cellKinds.ready) this.#settleReady(undefined);
        else if (kind === cellKinds.pong) this.#ponged.resolve(true);
      },
      closed: (reason) => void this.#close(reason),
    });
    this.#port = this.#channel.open(parts.messageMaxBytes);
    const spent = (usedMs: number): void =>
      void this.#port.send(engineKinds.cpuSpent, Buffer.from(String(Math.round(usedMs))));
    this.#watch = parts.watched && new ProcessorWatch(parts.watched, spent);
    // Errors of the stream reach the channel through the demultiplexer.
    pipeline(parts.stream, this.#demux, () => {});
  }

  get sandbox(): SandboxInfo {
    return { ...this.#parts.sandbox, warm: this.#isWarm };
  }

  get id(): string {
    return this.#parts.name;
  }

  /** The end of what its runner wrote to stderr. */
  get diagnostics(): string {
    return this.#demux.diagnostics;
  }

  /** From now on the cell waits for its job and keeps no process alive. */
  rest(): void {
    this.#isWaiting = true;
    this.#parts.stream.unref();
  }

  /** Prepares the cell for its job. `isWarm`: it was waiting before the job came. */
  wake(isWarm: boolean): void {
    this.#isWaiting = false;
    this.#isWarm = isWarm;
    this.#parts.stream.ref();
  }

  async isAlive(): Promise<boolean> {
    if (this.#isOver || this.#channel.closed) return false;
    this.#parts.stream.ref();
    this.#ponged = Promise.withResolvers();
    const timer = setTimeout(() => this.#ponged.resolve(false), pongMs);
    void this.#channel.send(controlJob, engineKinds.ping, new Uint8Array());
    const isAlive = await this.#ponged.promise;
    clearTimeout(timer);
    return isAlive;
  }

  /**
   * Sends a waiting runner its job together with a ping, and returns whether it answered. Waiting for the answer first
   * would take as long as a short job. Messages that arrive before there is a listener are kept. A session's cell gets
   * its jobs later, one by one.
   */
  async claim(job: Job): Promise<boolean> {
    if (job.session) return await this.isAlive();
    const answer = this.isAlive();
    this.#ahead = { job, sent: this.start(job) };
    return await answer;
  }

  start(job: Job): Promise<void> {
    if (this.#ahead?.job === job) return this.#ahead.sent;
    this.#watch?.begin(job.limits);
    return sendJob(this, job);
  }

  adapt(limits: Limits, signal: AbortSignal): Promise<void> {
    return this.#parts.adapt(limits, signal);
  }

  listen(listener: CellListener): void {
    const watch = this.#watch;
    const watching: CellListener = {
      ended: (end) => listener.ended(end),
      frame(kind, payload) {
        if (kind === cellKinds.verdict) watch?.end();
        listener.frame(kind, payload);
      },
    };
    this.#port.listen(watch ? watching : listener);
  }

  send(kind: number, payload: Uint8Array): Promise<void> {
    return this.#port.send(kind, payload);
  }

  /** Reports an end that did not come from the container. */
  end(end: CellEnd): void {
    if (!this.#isOver) this.#port.end(end);
  }

  /**
   * Returns at once. The runner exits when its stdin ends; the removal, which kills it for certain, continues in the
   * background. Both start in the next turn of the event loop, because in this turn the result is on its way to the
   * caller.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#watch?.end();
    this.#died.resolve();
    this.#port.release();
    setImmediate(() => {
      this.#parts.stream.destroy();
      this.#parts.remove();
    });
  }

  async #close(reason: { readonly violation: boolean; readonly message: string }): Promise<void> {
    if (this.#isOver) return;
    this.#watch?.end();
    this.#died.resolve();
    this.#ponged.resolve(false);
    if (this.#isWaiting) return;
    const { stream } = this.#parts;
    // Killing a container from outside cuts its last frame; that is not a violation.
    const cut = stream.readableEnded || stream.destroyed;
    const end: CellEnd =
      reason.violation && !cut
        ? { code: 'PROTOCOL_VIOLATION', message: reason.message, ran: 'unknown' }
        : await this.#parts.explainExit(reason.message, this.#demux.diagnostics);
    if (this.#isOver) return;
    this.#settleReady(end);
    this.#port.end(end);
  }
}
