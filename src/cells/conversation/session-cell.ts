import type { SandboxInfo } from '../../contract/api/result.ts';
import type { Cell, CellEnd, CellListener } from '../../contract/spi/backend.ts';
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
  #isGone = false;
  #isDisposed = false;

  constructor(cell: Cell) {
    this.#cell = cell;
    this.gone = this.#gone.promise;
    this.#rest();
  }

  get sandbox(): SandboxInfo {
    return this.#cell.sandbox;
  }

  get isGone(): boolean {
    return this.#isGone;
  }

  /** The cell as the next job sees it, one at a time. Disposed before {@link keep}, it takes this one with it. */
  next(): JobCell {
    return new JobCell(this.#cell, {
      onKeep: () => this.#rest(),
      onDispose: () => this[Symbol.asyncDispose](),
      ended: (end) => this.#lose(end),
    });
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
  onKeep(): void;
  onDispose(): Promise<void>;
  ended(end: CellEnd): void;
}

/** A {@link SessionCell} for the time of one job. */
export class JobCell implements Cell {
  readonly hasJob = false;
  readonly #cell: Cell;
  readonly #owner: JobCellOwner;
  #isOver = false;
  #isKept = false;

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

  async send(kind: number, payload: Uint8Array): Promise<void> {
    if (!this.#isOver) await this.#cell.send(kind, payload);
  }

  /** The job left the cell as the next one takes it. */
  keep(): void {
    this.#isKept = true;
    this.#owner.onKeep();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    if (!this.#isKept) await this.#owner.onDispose();
  }
}
