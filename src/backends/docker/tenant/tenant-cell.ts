import { sendJob } from '../../../cells/conversation/send-job.ts';
import type { Port } from '../../../cells/protocol/channel.ts';
import { cellKinds, engineKinds } from '../../../cells/protocol/frame-codec.ts';
import type { SandboxInfo } from '../../../contract/api/result.ts';
import type { Cell, CellEnd, CellListener } from '../../../contract/spi/backend.ts';
import type { Job } from '../../../contract/spi/job.ts';

/**
 * Most bytes that are sent to a job before it takes them; the supervisor reports what was taken in steps of half of
 * this. So a guest that does not read its stdin holds up no other job, and uses at most this much memory of the
 * supervisor.
 */
const creditBytes = 524_288;
/** Files and stdin are sent in pieces of this size, so that other jobs get their turn in between. */
const pieceBytes = 65_536;

/** A cell's connection to the container that it shares. */
export interface TenantCellParts {
  /** Name of the container. */
  readonly container: string;
  readonly port: Port & { readonly job: number };
  readonly sandbox: SandboxInfo;
  /** Called once, when the job is over for any reason. */
  over(): void;
}

/** One job's place in a tenant's container. */
export class TenantCell implements Cell {
  readonly sandbox: SandboxInfo;
  readonly memoryMb: number;
  readonly #parts: TenantCellParts;
  #listener: CellListener | undefined;
  #sentBytes = 0;
  #takenBytes = 0;
  #taken: PromiseWithResolvers<void> | undefined;
  #isOver = false;

  constructor(parts: TenantCellParts, job: Job) {
    this.#parts = parts;
    this.sandbox = parts.sandbox;
    this.memoryMb = job.limits.memoryMb;
  }

  get id(): string {
    return `${this.#parts.container}/${this.#parts.port.job}`;
  }

  listen(listener: CellListener): void {
    this.#listener = listener;
    this.#parts.port.listen({
      frame: (kind, payload) => this.#take(kind, payload),
      ended: (end) => {
        this.#over();
        listener.ended(end);
      },
    });
  }

  start(job: Job): Promise<void> {
    return sendJob(this, job);
  }

  async send(kind: number, payload: Uint8Array): Promise<void> {
    if (kind !== engineKinds.files && kind !== engineKinds.stdin) return this.#send(kind, payload);
    let offset = 0;
    do {
      while (!this.#isOver && this.#sentBytes - this.#takenBytes > creditBytes) {
        this.#taken ??= Promise.withResolvers();
        await this.#taken.promise;
      }
      await this.#send(kind, payload.subarray(offset, offset + pieceBytes));
      offset += pieceBytes;
    } while (offset < payload.length);
  }

  /** Reports an end that did not come from the job. */
  end(end: CellEnd): void {
    this.#parts.port.end(end);
  }

  /**
   * Returns at once. The zygote kills the job's runner, and the kernel kills all other processes of the job with it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return;
    if (this.#sentBytes > 0) void this.#parts.port.send(engineKinds.drop, new Uint8Array());
    this.#over();
  }

  async #send(kind: number, payload: Uint8Array): Promise<void> {
    if (this.#isOver) return;
    this.#sentBytes += payload.length;
    await this.#parts.port.send(kind, payload);
  }

  #take(kind: number, payload: Uint8Array): void {
    if (kind === cellKinds.taken) {
      this.#takenBytes = Number(Buffer.from(payload).toString());
      this.#wake();
    } else if (kind === cellKinds.lost) {
      const said = JSON.parse(Buffer.from(payload).toString()) as { violation: boolean; message: string };
      this.end({ code: said.violation ? 'PROTOCOL_VIOLATION' : 'CELL_LOST', message: said.message, ran: 'unknown' });
    } else {
      if (kind === cellKinds.verdict) this.#over();
      this.#listener?.frame(kind, payload);
    }
  }

  #wake(): void {
    this.#taken?.resolve();
    this.#taken = undefined;
  }

  #over(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#wake();
    this.#parts.port.release();
    this.#parts.over();
  }
}
