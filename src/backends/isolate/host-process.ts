import { Channel, controlJob } from '../../cells/protocol/channel.ts';
import { cellKinds } from '../../cells/protocol/frame-codec.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { HostExit, HostProgram, LaunchedHost } from '../../contract/spi/host-launcher.ts';
import type { Job } from '../../contract/spi/job.ts';
import { newId } from '../../support/ids.ts';
import { explainExit, type KillCause } from './explain-exit.ts';
import { type HeartbeatMessage, hostKinds, type ReadyMessage } from './protocol.ts';
import type { RunningJob } from './running-job.ts';

/**
 * A host that is not ready this long after its launch is killed, in milliseconds. Its start takes a fifth of a second of a
 * processor: far more than that on a machine where many programs want each core. A backend with such hosts gives a lease
 * more time than this (`leaseMs`), so that the host's failure is what the call reports.
 */
export const startMaxMs = 30_000;
/** A stream that ended is followed by the exit within this time, or the process is killed. */
const exitGraceMs = 1_000;
/** Beside a job's value and artifacts, what one message may hold. */
const messageSlackBytes = 1_048_576;

/** What a host process tells the host pool. */
export interface HostOwner {
  /** The last job ended, or `poisoned` or `exited` became true. */
  onChange(host: HostProcess): void;
  /** A message of a kind that has nothing to do with jobs. */
  onMessage?(host: HostProcess, kind: number, payload: Uint8Array): void;
}

/** One host process, from its start to its exit. */
export class HostProcess {
  /** Its name in events. */
  readonly id: string = `host-${newId()}`;
  /** Settles when jobs can be sent; rejects with `BACKEND_UNAVAILABLE` where the process does not come up. */
  readonly ready: Promise<ReadyMessage>;
  /** Settles when the process is gone. */
  readonly exit: Promise<void>;
  /** Whom it belongs to, once it does: for good. */
  tenant: string | undefined;
  isReady = false;
  poisoned = false;
  exited = false;
  /** Jobs that it was running when it exited. */
  jobsAtEnd = 0;
  /** Digest of the image that it runs in, once it is ready and where it is in a container. */
  image: string | undefined;
  /** What it takes without jobs, in MiB, where that is not what is usual. */
  readonly idleMb: number | undefined;
  /** Resident memory, by its own last word. */
  residentBytes = 0;
  /** When it last had something to say, by `performance.now()`. */
  lastMessageAt = 0;
  /** When its last job ended. */
  idleSince: number = performance.now();
  /** Processor time of each job by the last heartbeat, and what was added by it. */
  readonly cpuGrowthMs: Map<number, number> = new Map();
  readonly running: Map<number, RunningJob> = new Map();
  readonly #launched: LaunchedHost;
  readonly #channel: Channel;
  readonly #owner: HostOwner;
  readonly #ready: PromiseWithResolvers<ReadyMessage> = Promise.withResolvers();
  readonly #cpuMs = new Map<number, number>();
  #startTimer: NodeJS.Timeout | undefined;
  #stopSettled: PromiseWithResolvers<void> | undefined;
  #cause: KillCause | undefined;
  #references = 0;

  constructor(launched: LaunchedHost, owner: HostOwner, idleMb?: number) {
    this.idleMb = idleMb;
    this.#owner = owner;
    this.#launched = launched;
    this.#channel = new Channel(launched.output, launched.input, {
      control: (kind, payload) => this.#receive(kind, payload),
      closed: ({ violation, message }) => this.#streamEnded(violation ? message : undefined),
    });
    this.ready = this.#ready.promise;
    // Whoever waits for it hears of it; a spare host has nobody.
    this.ready.catch(() => {});
    this.exit = launched.exit.then((exit) => this.#die(exit));
    launched.launched.then(
      ({ image }) => {
        this.image = image;
        if (!this.isReady) this.#startTimer = setTimeout(() => this.kill({ kind: 'slow-start' }), startMaxMs).unref();
      },
      (error: unknown) => this.#ready.reject(error),
    );
  }

  /** Its process id, where this process can look at it. */
  get pid(): number | undefined {
    return this.#launched.pid;
  }

  /** Why it was killed, if it was. */
  get cause(): KillCause | undefined {
    return this.#cause;
  }

  /** Whether jobs may be sent to it. */
  get usable(): boolean {
    return !this.exited && !this.poisoned && this.#cause === undefined;
  }

  /** Whether it may be killed soon, for a job that it was told to destroy and that it has not answered for. */
  get awaitsStop(): boolean {
    return this.running.values().some(({ isStopping }) => isStopping);
  }

  /** Settles once it is not in doubt any more, one way or the other. */
  stopSettled(): Promise<void> {
    if (!this.awaitsStop || this.exited) return Promise.resolve();
    this.#stopSettled ??= Promise.withResolvers();
    return this.#stopSettled.promise;
  }

  /** Keeps the caller's event loop alive until {@link unhold}; calls are counted. */
  hold(): void {
    this.#references += 1;
    if (this.#references === 1) this.#launched.hold(true);
  }

  unhold(): void {
    this.#references -= 1;
    if (this.#references === 0) this.#launched.hold(false);
  }

  /** Files of its program that it has open → their descriptors there. */
  get files(): LaunchedHost['files'] {
    return this.#launched.files;
  }

  /** Sends it a message that belongs to no job. */
  sendControl(kind: number, payload: Uint8Array): Promise<void> {
    return this.#channel.send(controlJob, kind, payload);
  }

  /** Opens the port of a job. */
  open(job: Job): RunningJob {
    const { valueKb } = job.limits;
    const running: RunningJob = {
      port: this.#channel.open(valueKb * 1_024 + messageSlackBytes),
      limits: job.limits,
      isSession: job.session !== undefined,
      startedAt: undefined,
      isStopping: false,
    };
    if (this.running.size === 0) this.lastMessageAt = performance.now();
    this.running.set(running.port.job, running);
    this.hold();
    return running;
  }

  /** The job is over, as far as this host is concerned. */
  release({ port }: RunningJob): void {
    if (!this.running.delete(port.job)) return;
    port.release();
    this.#cpuMs.delete(port.job);
    this.cpuGrowthMs.delete(port.job);
    this.idleSince = performance.now();
    this.unhold();
    if (!this.awaitsStop) this.#settleStop();
    if (this.running.size === 0) this.#owner.onChange(this);
  }

  /** Kills the process; the first cause given is the one that its jobs are told. */
  kill(cause: KillCause): void {
    this.#cause ??= cause;
    this.#launched.kill();
  }

  #settleStop(): void {
    this.#stopSettled?.resolve();
    this.#stopSettled = undefined;
  }

  #receive(kind: number, payload: Uint8Array): void {
    this.lastMessageAt = performance.now();
    if (kind === cellKinds.ready) {
      this.isReady = true;
      clearTimeout(this.#startTimer);
      this.#ready.resolve(JSON.parse(Buffer.from(payload).toString()) as ReadyMessage);
    } else if (kind === hostKinds.heartbeat) {
      const { cpuMs, residentBytes } = JSON.parse(Buffer.from(payload).toString()) as HeartbeatMessage;
      this.residentBytes = residentBytes;
      for (const [job, ms] of Object.entries(cpuMs)) {
        this.cpuGrowthMs.set(Number(job), ms - (this.#cpuMs.get(Number(job)) ?? 0));
        this.#cpuMs.set(Number(job), ms);
      }
    } else if (kind === hostKinds.poisoned) {
      this.poisoned = true;
      this.#owner.onChange(this);
    } else this.#owner.onMessage?.(this, kind, payload);
  }

  #streamEnded(violation: string | undefined): void {
    if (violation !== undefined) this.kill({ kind: 'violation', message: violation });
    const timer = setTimeout(() => this.kill({ kind: 'silent' }), exitGraceMs).unref();
    void this.exit.then(() => clearTimeout(timer));
  }

  #die(exit: HostExit): void {
    this.exited = true;
    this.jobsAtEnd = this.running.size;
    this.#settleStop();
    clearTimeout(this.#startTimer);
    const stderr = this.#launched.diagnostics;
    const end = exit.signal ?? `exit code ${exit.code}`;
    this.#ready.reject(
      new HotcellError(
        'BACKEND_UNAVAILABLE',
        `A host process for isolates did not start (${end}). ${stderr.trim().slice(-1_000)}`.trim(),
        { ran: 'no' },
      ),
    );
    const hostEnd = { ...exit, cause: this.#cause, stderr };
    for (const running of [...this.running.values()]) {
      running.port.end(explainExit(hostEnd, running, [...this.running.values()]));
    }
    this.#owner.onChange(this);
  }
}

/** Hears of hosts what a backend adds to them for itself. */
export interface HostPoolListener {
  /** One is being started. */
  onStart?(host: HostProcess): void;
  /** One is ready for jobs, so many milliseconds after its start. */
  cameUp?(host: HostProcess, ms: number): void;
  /** One is gone. */
  ended?(host: HostProcess): void;
  /** See `HostOwner`. */
  onMessage?(host: HostProcess, kind: number, payload: Uint8Array): void;
}

/** A program with more to it than usual: what it takes in MiB before it has jobs. */
export interface HostPoolProgram extends HostProgram {
  readonly idleMb?: number | undefined;
}
