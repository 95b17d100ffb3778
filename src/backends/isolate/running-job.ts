import type { Port } from '../../cells/protocol/channel.ts';
import type { Limits } from '../../contract/api/limits.ts';

/** A job that runs on a host process. */
export interface RunningJob {
  readonly port: Port & { readonly job: number };
  readonly limits: Limits;
  /** Whether it is a session: several jobs, one after the other, on one port. */
  readonly isSession: boolean;
  /** Set once the `job` message is sent. */
  startedAt: number | undefined;
  /** Whether the host was asked to destroy it and has not confirmed that yet. */
  isStopping: boolean;
}
