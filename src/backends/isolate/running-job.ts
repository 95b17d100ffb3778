import type { Port } from '../../cells/protocol/channel.ts';
import type { Limits } from '../../contract/api/limits.ts';

/** A job that a host process works on. */
export interface RunningJob {
  readonly port: Port & { readonly job: number };
  readonly limits: Limits;
  /** Whether it is a session: jobs one after the other, on one port. */
  readonly isSession: boolean;
  /** Set once the `job` message is on its way. */
  startedAt: number | undefined;
  /** Whether the host was told to destroy it and has not said yet that it did. */
  isStopping: boolean;
}
