import type { ConversationEnd } from '../../cells/conversation/conversation.ts';
import { SessionCell } from '../../cells/conversation/session-cell.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { Backend, Cell, CellEnd } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import { Admission } from '../call/admission.ts';
import type { CellSource } from '../call/cell-source.ts';

/** Most calls of one session that wait at one time. */
const queueLimit = 100;

/**
 * The one cell of a session. Jobs get it one after the other, in order. While a job has it, the job also holds a slot
 * of the backend's queue.
 */
export class KeptCell implements CellSource {
  readonly #backendCells: CellSource;
  readonly #cell: SessionCell;
  readonly #turns: Admission;
  readonly #onChange: () => void;
  #refusal: HotcellError | undefined;
  /** Settles when the job that has the cell is over. */
  #jobOver: Promise<void> = Promise.resolve();

  /**
   * @param backendCells the source of the cell
   * @param waitMaxMs how long a job may wait for its turn, in milliseconds
   * @param onChange called when a job gets the cell, and when its turn is over
   */
  constructor(backendCells: CellSource, cell: Cell, waitMaxMs: number, onChange: () => void) {
    this.#backendCells = backendCells;
    this.#cell = new SessionCell(cell);
    this.#turns = new Admission({ slots: 1, queueLimit, queueTimeoutMs: waitMaxMs });
    this.#onChange = onChange;
  }

  get backend(): Backend {
    return this.#backendCells.backend;
  }

  get isOver(): boolean {
    return this.#over !== undefined;
  }

  /** Whether no job has the cell or waits for it. */
  get isIdle(): boolean {
    return this.#turns.running === 0 && this.#turns.waiting === 0;
  }

  /** Settles when the cell is gone, with the reason if the engine did not ask for it. */
  get gone(): Promise<CellEnd | undefined> {
    return this.#cell.gone;
  }

  async enter(job: Job): Promise<Disposable> {
    if (this.#over) throw this.#over;
    const turn = await this.#turns.enter(job.tenant, job.signal);
    using scope = new DisposableStack();
    scope.defer(this.#onChange);
    scope.use(turn);
    if (this.#over) throw this.#over;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#jobOver = promise;
    scope.defer(resolve);
    this.#onChange();
    scope.use(await this.#backendCells.enter(job));
    return scope.move();
  }

  take(): Cell {
    return this.#cell.next();
  }

  keep({ verdict }: ConversationEnd): boolean {
    if (verdict?.session !== 'kept' || this.isOver) return false;
    this.#cell.keep();
    return true;
  }

  /** Refuses waiting and later jobs, waits for the job that has the cell, and ends the cell. */
  async end(why: string): Promise<void> {
    this.#refusal = overBecause(why);
    this.#turns.close(this.#refusal);
    await this.#jobOver;
    await this.#cell[Symbol.asyncDispose]();
  }

  /** Why jobs cannot get the cell any more; `undefined` while they can. */
  get #over(): HotcellError | undefined {
    return this.#refusal ?? (this.#cell.isGone ? overBecause('its state was lost') : undefined);
  }
}

function overBecause(why: string): HotcellError {
  return new HotcellError('SESSION_ENDED', `The session has ended because ${why}; open another one.`);
}
