import { sendJob } from '../../cells/conversation/send-job.ts';
import { cellKinds, engineKinds } from '../../cells/protocol/frame-codec.ts';
import type { CancelMessage } from '../../cells/protocol/messages.ts';
import type { SandboxInfo } from '../../contract/api/result.ts';
import type { Cell, CellListener } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { HostProcess } from './host-process.ts';
import type { RunningJob } from './running-job.ts';

/**
 * How long a host may take to destroy the isolate of an unfinished job before the host itself is killed, in
 * milliseconds.
 */
const destroyGraceMs = 500;
/**
 * The same while other jobs run in it, which would be lost: on a machine with too much to do, a sound host takes longer.
 */
const sharedDestroyGraceMs = 5_000;

/**
 * A fresh isolate for one job. The host process makes it when the `job` message arrives. The process belongs to the
 * tenant with both values of `isolation`, so the result reports the isolation that was requested.
 */
export class IsolateCell implements Cell {
  readonly sandbox: SandboxInfo;
  readonly #host: HostProcess;
  readonly #running: RunningJob;
  readonly #unused: () => void;
  #listener: CellListener | undefined;
  #isOver = false;
  #isDisposed = false;
  #deadline: NodeJS.Timeout | undefined;

  /** @param unused called if it ends without a job */
  constructor(
    host: HostProcess,
    running: RunningJob,
    sandbox: Pick<SandboxInfo, 'backend' | 'isolation' | 'runtime' | 'warm'>,
    unused: () => void = () => undefined,
  ) {
    this.#unused = unused;
    this.#host = host;
    this.#running = running;
    this.sandbox = { ...sandbox, image: host.image };
  }

  get id(): string {
    return `${this.#host.id}/${this.#running.port.job}`;
  }

  listen(listener: CellListener): void {
    this.#listener = listener;
    this.#running.port.listen({
      frame: (kind, payload) => {
        // A session's isolate stays for the next job.
        if (kind === cellKinds.verdict && (this.#isDisposed || !this.#running.isSession)) this.#over();
        this.#listener?.frame(kind, payload);
      },
      ended: (end) => {
        this.#over();
        this.#listener?.ended(end);
      },
    });
  }

  start(job: Job): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    this.#running.startedAt = performance.now();
    return sendJob(this, job);
  }

  send(kind: number, payload: Uint8Array): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return this.#running.port.send(kind, payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (this.#isOver || this.#running.startedAt === undefined) return this.#over();
    this.listen({ frame: () => undefined, ended: () => undefined });
    if (this.#isOver) return;
    this.#running.isStopping = true;
    if (this.#running.isSession) void this.send(engineKinds.endSession, new Uint8Array());
    else
      void this.send(engineKinds.cancel, Buffer.from(JSON.stringify({ reason: 'cancelled' } satisfies CancelMessage)));
    this.#giveUpAfter(destroyGraceMs);
  }

  #giveUpAfter(graceMs: number): void {
    this.#deadline = setTimeout(() => {
      const hasOthers = this.#host.running.values().some(({ isStopping }) => !isStopping);
      if (hasOthers && graceMs < sharedDestroyGraceMs) this.#giveUpAfter(sharedDestroyGraceMs - graceMs);
      else this.#host.kill({ kind: 'unanswered' });
    }, graceMs);
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#running.startedAt === undefined) this.#unused();
    clearTimeout(this.#deadline);
    this.#host.release(this.#running);
  }
}
