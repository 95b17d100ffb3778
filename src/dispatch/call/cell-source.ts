import type { ConversationEnd } from '../../cells/conversation/conversation.ts';
import type { Backend, Cell } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';

/**
 * Gives jobs their cells: a backend with a fresh cell for each job (`fresh-cells.ts`), or a session with one cell for
 * all its jobs (`sessions/kept-cell.ts`). A job calls `enter`, `take` and `keep` in this order, each at most once.
 */
export interface CellSource {
  readonly backend: Backend;
  /** Whether no job can get a cell any more. */
  readonly isOver: boolean;
  /**
   * Waits until the job may run. Dispose the returned object when the job is over.
   * @throws {HotcellError} as `Admission.enter` does; `SESSION_ENDED` if the session is over.
   */
  enter(job: Job): Promise<Disposable>;
  /**
   * Returns the cell for a job that has entered: at once if one is ready. The caller disposes it exactly once.
   * @throws {HotcellError} at once or as a rejection: `BACKEND_UNAVAILABLE`, `CANCELLED_BEFORE_START`.
   */
  take(job: Job): Cell | Promise<Cell>;
  /** Decides, before the cell is disposed, whether the next job finds the state that this job left. */
  keep(end: ConversationEnd): boolean;
}
