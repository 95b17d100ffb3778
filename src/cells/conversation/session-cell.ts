import type { SandboxInfo } from '../../contract/api/result.ts';
import type { Cell, CellEnd, CellListener } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import { cellKinds } from '../protocol/frame-codec.ts';

/**
 * A cell that a session keeps: it stays after a verdict and takes the next job. Each job gets a separate view of the
 * cell, which sends nothing after the verdict, so that nothing of one job reaches the next.
 */
export class SessionCell implements AsyncDisposable {
  /** Resolves when the cell is gone; with the reason unless this session disposed it. */
  readonly gone: Promise<CellEnd | undefined>;
  readonly #cell: Cell;
  readonly #gone: PromiseWithResolvers<CellEnd | undefined> = Promise.withResolvers();
  #current: JobCell | undefined;
  #isGone = false;
  #isDisposed = false;

  constructor(cell: Cell) {
    this.#cell = cell;
    this.gone = this.#gone.promise;
    this.#rest();
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The cell as the next job sees it, one at a time. Disposed before {@link keep}, it takes this one with it. */
  next(): Cell {
    this.#current = new JobCell(this.#cell, {
      onDispose: () => this[Symbol.asyncDispose](),
      ended: (end) => this.#lose(end),
    });
    return this.#current;
  }

  /** The job left the cell as the next one takes it. */
  keep(): void {
    if (!this.#current) return;
    this.#current.isKept = true;
    this.#rest();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#lose(undefined);
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    await this.#cell[Symbol.asyncDispose]();
  }

  /** Between jobs, any message from the cell is a violation. */
  #rest(): void {
    this.#cell.listen({
      frame: (kind) => {
        this.#lose({
          code: 'PROTOCOL_VIOLATION',
          message: `The cell sent a message of kind ${kind} between two jobs.`,
          ran: 'unknown',
        });
        void this[Symbol.asyncDispose]();
      },
      ended: (end) => this.#lose(end),
    });
  }

  #lose(end: CellEnd | undefined): void {
    this.#isGone = true;
    this.#gone.resolve(end);
  }
}

interface JobCellOwner {
  onDispose(): Promise<void>;
  ended(end: CellEnd): void;
}

/** A {@link SessionCell} for the time of one job. */
class JobCell implements Cell {
  /** Whether the cell stays when this is disposed. */
  isKept = false;
  readonly #cell: Cell;
  readonly #owner: JobCellOwner;
  #isOver = false;

  constructor(cell: Cell, owner: JobCellOwner) {
    this.#cell = cell;
    this.#owner = owner;
  }

  get sandbox(): SandboxInfo {
    return this.#cell.sandbox;
  }

  listen(listener: CellListener): void {
    this.#cell.listen({
      frame: (kind, payload) => {
        if (kind === cellKinds.verdict) this.#isOver = true;
        listener.frame(kind, payload);
      },
      ended: (end) => {
        this.#isOver = true;
        this.#owner.ended(end);
        listener.ended(end);
      },
    });
  }

  get id(): string | undefined {
    return this.#cell.id;
  }

  async start(job: Job): Promise<void> {
    if (!this.#isOver) await this.#cell.start(job);
  }

  async send(kind: number, payload: Uint8Array): Promise<void> {
    if (!this.#isOver) await this.#cell.send(kind, payload);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    if (!this.isKept) await this.#owner.onDispose();
  }
}
