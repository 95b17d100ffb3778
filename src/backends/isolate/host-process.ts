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
 * A host that is not ready this long after its launch is killed, in milliseconds. A start needs a fifth of a second of
 * processor time, but takes much longer if many programs want each core. A backend with such hosts gives a lease more
 * time than this (`leaseMs`), so that the call reports the host's failure.
 */
export const startMaxMs = 30_000;
/** If the process does not exit within this time after its stream ended, it is killed. */
const exitGraceMs = 1_000;
/** Size of one message in addition to a job's value and artifacts, in bytes. */
const messageSlackBytes = 1_048_576;

/** Receives the events of a host process. */
export interface HostOwner {
  /** The last job ended, or `poisoned` or `exited` became true. */
  onChange(host: HostProcess): void;
  /** A message that does not belong to a job. */
  onMessage?(host: HostProcess, kind: number, payload: Uint8Array): void;
}

/** One host process, from its start to its exit. */
export class HostProcess {
  /** Its name in events. */
  readonly id: string = `host-${newId()}`;
  /** Settles when jobs can be sent; rejects with `BACKEND_UNAVAILABLE` if the process does not start. */
  readonly ready: Promise<ReadyMessage>;
  /** Settles when the process has ended. */
  readonly exit: Promise<void>;
  /** Its tenant, from its first job on; it never changes. */
  tenant: string | undefined;
  isReady = false;
  poisoned = false;
  exited = false;
  /** Jobs that were running when it exited. */
  jobsAtEnd = 0;
  /** Digest of the image that it runs in: set once it is ready, if it is in a container. */
  image: string | undefined;
  /** Its memory without jobs, in MiB, if it differs from the usual. */
  readonly idleMb: number | undefined;
  /** Resident memory by its last heartbeat. */
  residentBytes = 0;
  /** When its last message arrived, by `performance.now()`. */
  lastMessageAt = 0;
  /** When its last job ended. */
  idleSince: number = performance.now();
  /** Processor time that each job used between the last two heartbeats, in milliseconds. */
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
    // Callers that wait for it get the error; a spare host has no such caller.
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

  /** Its process id, if this process can inspect it. */
  get pid(): number | undefined {
    return this.#launched.pid;
  }

  /** Why it was killed, if it was. */
  get cause(): KillCause | undefined {
    return this.#cause;
  }

  get usable(): boolean {
    return !this.exited && !this.poisoned && this.#cause === undefined;
  }

  /** Whether it may be killed soon, because it has not confirmed yet that it destroyed a job. */
  get awaitsStop(): boolean {
    return this.running.values().some(({ isStopping }) => isStopping);
  }

  /** Settles once that is decided. */
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

  sendControl(kind: number, payload: Uint8Array): Promise<void> {
    return this.#channel.send(controlJob, kind, payload);
  }

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

  /** Ends a job's use of this host. */
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

  /** Kills the process. Its jobs get the first cause. */
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

/** Receives events of hosts for a backend that adds something to them. */
export interface HostPoolListener {
  /** A host is being started. */
  onStart?(host: HostProcess): void;
  /** A host is ready for jobs, `ms` milliseconds after its start. */
  cameUp?(host: HostProcess, ms: number): void;
  /** A host has ended. */
  ended?(host: HostProcess): void;
  /** See `HostOwner`. */
  onMessage?(host: HostProcess, kind: number, payload: Uint8Array): void;
}

/** A program of a backend that adds something to hosts: its memory without jobs, in MiB. */
export interface HostPoolProgram extends HostProgram {
  readonly idleMb?: number | undefined;
}
