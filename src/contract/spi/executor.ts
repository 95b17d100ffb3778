import type { Emit } from '../api/events.ts';
import type { ExecutionRequest } from '../api/request.ts';
import type { ExecutionResult, ToolReference } from '../api/result.ts';
import type { Session, SessionOptions } from '../api/session.ts';

/** Who calls. The code that accepts a request determines it; it is never taken from the request. */
export interface Principal {
  readonly id: string;
}

/** The values of one call that its caller does not choose for itself. */
export interface ExecutionContext {
  /** Absent for a program that calls its own engine. */
  readonly principal?: Principal | undefined;
  /** Trust domain. It applies whatever the request says; see {@link ExecutionRequest.tenant}. */
  readonly tenant: string;
  /** 32 hexadecimal digits, as in the `traceparent` of W3C Trace Context. Related calls have the same one. */
  readonly traceId: string;
  /** `ExecutionResult.id` of the call during which this one was made. */
  readonly parentId?: string | undefined;
  /** The tool that this call runs; also in the result. Absent for calls without a tool. */
  readonly tool?: ToolReference | undefined;
  /** Cancels the call at any stage. */
  readonly signal: AbortSignal;
}

/**
 * Runs requests: the dispatcher of an engine; a stage that refuses, changes or wraps a call and passes it to the next
 * executor; a queue with workers. All of them have this interface.
 */
export interface Executor {
  /**
   * Runs a request to its result. Never rejects: every outcome is a result, also for a request that is not valid.
   * `request.tenant`, if given, must equal `context.tenant`; else the call is refused with `PERMISSION_DENIED`.
   * `context.signal` or `request.signal` cancels the call, whichever is aborted first. `emit` receives the events in
   * order; the last one is `finished`, with the same result, and comes before the promise settles.
   */
  execute(request: ExecutionRequest, context: ExecutionContext, emit?: Emit): Promise<ExecutionResult>;
  /**
   * Opens a session. Its calls have the context of the session: its principal, tenant and trace.
   * @throws {HotcellError} `INVALID_REQUEST` for options that are not valid, `PERMISSION_DENIED` for another tenant
   * than the context's, `SESSION_LIMIT` if too many are open, and any code with which a call can be refused.
   */
  openSession(options: SessionOptions, context: ExecutionContext): Promise<Session>;
}
