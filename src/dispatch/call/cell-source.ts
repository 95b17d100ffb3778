import type { ConversationEnd } from '../../cells/conversation/conversation.ts';
import type { Backend, Cell } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';

/**
 * Where jobs get their cells: a backend with a fresh cell for each job (`fresh-cells.ts`), or a session with one cell for
 * all its jobs (`sessions/kept-cell.ts`). A job calls `enter`, `take` and `keep` in this order, each once at most.
 */
export interface CellSource {
  readonly backend: Backend;
  /** Whether it has no cell for any job any more. */
  readonly isOver: boolean;
  /**
   * Waits until the job may run; dispose what it returns when the job is over.
   * @throws {HotcellError} as `Admission.enter` does; `SESSION_ENDED` if the session is over.
   */
  enter(job: Job): Promise<Disposable>;
  /**
   * The cell for a job that has entered: at once if one is ready. The caller disposes it exactly once.
   * @throws {HotcellError} at once or as a rejection: `BACKEND_UNAVAILABLE`, `CANCELLED_BEFORE_START`.
   */
  take(job: Job): Cell | Promise<Cell>;
  /** Decides, before the cell is disposed, whether the next job finds what this one left. */
  keep(end: ConversationEnd): boolean;
}
