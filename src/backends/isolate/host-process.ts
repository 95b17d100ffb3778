import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { Channel } from '../../cells/channel.ts';
import { cellKinds } from '../../cells/frame-codec.ts';
import { HotcellError } from '../../contract/errors.ts';
import type { Job } from '../../contract/job.ts';
import type { HostCommand } from './host-command.ts';
import { type HeartbeatMessage, hostKinds, type ReadyMessage } from './protocol.ts';
import type { Running } from './running.ts';
import { type Cause, explainDeath } from './verdict-of-death.ts';

/** A host that has not said `ready` after this long never will. */
const startMaxMs = 10_000;
/** What is kept of a host's stderr, for the message about its death. */
const stderrKept = 4_096;
/** A stream that ended is followed by the exit within this time, or the process is killed. */
const exitGraceMs = 1_000;
/** Beside a job's value and artifacts, what one message may hold. */
const messageSlackBytes = 1_048_576;

/** What a host process tells the fleet. */
export interface HostOwner {
  /** The last job ended, or `poisoned` or `exited` became true. */
  changed(host: HostProcess): void;
}

/** One host process, from its start to its exit. */
export class HostProcess {
  /** Settles when jobs can be sent; rejects with `BACKEND_UNAVAILABLE` where the process does not come up. */
  readonly ready: Promise<ReadyMessage>;
  /** Settles when the process is gone. */
  readonly exit: Promise<void>;
  /** Whom it belongs to, once it does: for good. */
  tenant: string | undefined;
  isReady = false;
  poisoned = false;
  exited = false;
  /** When it last had something to say, by `performance.now()`. */
  heardAt = 0;
  /** When its last job ended. */
  idleSince: number = performance.now();
  /** Processor time of each job by the last heartbeat, and what was added by it. */
  readonly cpuGrowthMs: Map<number, number> = new Map();
  readonly running: Map<number, Running> = new Map();
  readonly #child: ChildProcess;
  readonly #channel: Channel;
  readonly #owner: HostOwner;
  readonly #ready: PromiseWithResolvers<ReadyMessage> = Promise.withResolvers();
  readonly #cpuMs = new Map<number, number>();
  #stderr = '';
  #cause: Cause | undefined;
  #references = 0;

  constructor(command: HostCommand, owner: HostOwner) {
    this.#owner = owner;
    this.#child = spawn(command.path, command.arguments, {
      cwd: '/',
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    const [, , stderr, input, output] = this.#child.stdio as unknown as [null, null, Socket, Writable, Readable];
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrKept);
    });
    this.#channel = new Channel(output, input, {
      control: (kind, payload) => this.#hear(kind, payload),
      closed: ({ violation, message }) => this.#streamEnded(violation ? message : undefined),
    });
    this.ready = this.#ready.promise;
    const deadline = setTimeout(() => this.kill({ kind: 'slow-start' }), startMaxMs).unref();
    const started = (): void => clearTimeout(deadline);
    this.ready.then(started, started);
    this.exit = new Promise((resolve) => {
      const gone = (code: number | null, signal: string | null): void => {
        if (this.exited) return;
        this.exited = true;
        this.#die(code, signal);
        resolve();
      };
      // Not `exit`: what it said on stderr last tells why.
      this.#child.once('close', gone);
      this.#child.once('error', (error) => {
        this.#stderr += error.message;
        gone(null, null);
      });
    });
    this.#reference(false);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Whether jobs may be sent to it. */
  get usable(): boolean {
    return !this.exited && !this.poisoned && this.#cause === undefined;
  }

  /** Keeps the caller's event loop alive until {@link unhold}; calls are counted. */
  hold(): void {
    this.#references += 1;
    if (this.#references === 1) this.#reference(true);
  }

  unhold(): void {
    this.#references -= 1;
    if (this.#references === 0) this.#reference(false);
  }

  /** Opens the port of a job. */
  open(job: Job): Running {
    const { valueKb } = job.limits;
    const running: Running = {
      port: this.#channel.open(valueKb * 1_024 + messageSlackBytes),
      limits: job.limits,
      startedAt: undefined,
    };
    if (this.running.size === 0) this.heardAt = performance.now();
    this.running.set(running.port.job, running);
    this.hold();
    return running;
  }

  /** The job is over, as far as this host is concerned. */
  release({ port }: Running): void {
    if (!this.running.delete(port.job)) return;
    port.release();
    this.#cpuMs.delete(port.job);
    this.cpuGrowthMs.delete(port.job);
    this.idleSince = performance.now();
    this.unhold();
    if (this.running.size === 0) this.#owner.changed(this);
  }

  /** Kills the process; the first cause given is the one that its jobs are told. */
  kill(cause: Cause): void {
    this.#cause ??= cause;
    this.#child.kill('SIGKILL');
  }

  #hear(kind: number, payload: Uint8Array): void {
    this.heardAt = performance.now();
    if (kind === cellKinds.ready) {
      this.isReady = true;
      this.#ready.resolve(JSON.parse(Buffer.from(payload).toString()) as ReadyMessage);
    } else if (kind === hostKinds.heartbeat) {
      const { cpuMs } = JSON.parse(Buffer.from(payload).toString()) as HeartbeatMessage;
      for (const [job, ms] of Object.entries(cpuMs)) {
        this.cpuGrowthMs.set(Number(job), ms - (this.#cpuMs.get(Number(job)) ?? 0));
        this.#cpuMs.set(Number(job), ms);
      }
    } else if (kind === hostKinds.poisoned) {
      this.poisoned = true;
      this.#owner.changed(this);
    }
  }

  #streamEnded(violation: string | undefined): void {
    if (violation !== undefined) this.kill({ kind: 'violation', message: violation });
    const timer = setTimeout(() => this.kill({ kind: 'silent' }), exitGraceMs).unref();
    void this.exit.then(() => clearTimeout(timer));
  }

  #die(code: number | null, signal: string | null): void {
    const death = { cause: this.#cause, code, signal, stderr: this.#stderr };
    this.#ready.reject(
      new HotcellError(
        'BACKEND_UNAVAILABLE',
        `A host process for isolates did not start (${signal ?? `exit code ${code}`}). ${this.#stderr.trim().slice(-1_000)}`.trim(),
        { ran: 'no' },
      ),
    );
    for (const running of [...this.running.values()]) {
      running.port.end(explainDeath(death, running, [...this.running.values()]));
    }
    this.#owner.changed(this);
  }

  /** A host without jobs must not keep the caller's process alive. */
  #reference(isReferenced: boolean): void {
    for (const handle of [this.#child, ...this.#child.stdio] as (Socket | ChildProcess | null)[]) {
      if (isReferenced) handle?.ref();
      else handle?.unref();
    }
  }
}
