import type { Emit } from '../api/events.ts';
import type { ExecutionRequest } from '../api/request.ts';
import type { ExecutionResult, ToolReference } from '../api/result.ts';
import type { Session, SessionOptions } from '../api/session.ts';

/** Who calls. It is never taken from what was sent: whoever lets a request in has found it out. */
export interface Principal {
  readonly id: string;
}

/** What a caller does not choose for itself, about one call. */
export interface ExecutionContext {
  /** Absent for a program that calls an engine of its own. */
  readonly principal?: Principal | undefined;
  /** Trust domain. It holds whatever the request says; see {@link ExecutionRequest.tenant}. */
  readonly tenant: string;
  /** 32 hexadecimal digits, as in the `traceparent` of W3C Trace Context. Calls that belong together have one. */
  readonly traceId: string;
  /** `ExecutionResult.id` of the call inside which this one was made. */
  readonly parentId?: string | undefined;
  /** The tool whose call this is; the result has the same. Absent for calls without a tool. */
  readonly tool?: ToolReference | undefined;
  /** Cancels the call at any stage. */
  readonly signal: AbortSignal;
}

/**
 * What runs requests: the dispatcher of an engine; a stage that refuses, changes or wraps a call and hands it to the
 * next executor; a queue with workers behind it. All of them have this one interface.
 */
export interface Executor {
  /**
   * Runs a request to its result. Never rejects: every outcome is a result, also for a request that is not valid.
   * `request.tenant`, if it is there, must be `context.tenant`, or the call is refused with `PERMISSION_DENIED`. The call
   * is cancelled by `context.signal` or by `request.signal`, whichever comes first. `emit` hears the events in order; the
   * last one is `finished`, with the same result, and comes before the promise settles.
   */
  execute(request: ExecutionRequest, context: ExecutionContext, emit?: Emit): Promise<ExecutionResult>;
  /**
   * Opens a session. Its calls have the context of the session: its principal, tenant and trace.
   * @throws {HotcellError} `INVALID_REQUEST` for options that are not valid, `PERMISSION_DENIED` for another tenant than
   * the context's, `SESSION_LIMIT` if too many are open, and whatever a call can be refused with.
   */
  openSession(options: SessionOptions, context: ExecutionContext): Promise<Session>;
}
