import type { EngineStats } from '../contract/api/backend-reports.ts';
import { HotcellError } from '../contract/api/errors.ts';
import type { Emit } from '../contract/api/events.ts';
import type { ExecutionRequest } from '../contract/api/request.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import type { Session, SessionOptions } from '../contract/api/session.ts';
import type { ExecutionContext, Executor } from '../contract/spi/executor.ts';
import { Backends, type BackendsOptions } from './call/backends.ts';
import { type CallSettings, Calls } from './call/calls.ts';
import { CallRecord } from './request/call-record.ts';
import { type JobCeilings, makeJob } from './request/make-job.ts';
import { readMembers, validateRequest } from './request/validate.ts';
import { Sessions, type SessionsOptions } from './sessions/sessions.ts';

/** Settings of a dispatcher; the engine has the defaults. */
export interface DispatcherOptions extends BackendsOptions, CallSettings {
  readonly sessions: SessionsOptions;
}

/** How many cells wait, and for which requests; the defaults are those of a request. */
export type WarmRequest = Pick<
  ExecutionRequest,
  'language' | 'limits' | 'backend' | 'image' | 'tenant' | 'isolation'
> & {
  readonly count: number;
};

/** Runs calls on the backends of one engine, and keeps the engine's sessions. */
export class Dispatcher implements Executor {
  readonly #backends: Backends;
  readonly #calls: Calls;
  readonly #sessions: Sessions;
  readonly #ceilings: JobCeilings;
  #closing: Promise<void> | undefined;

  constructor(options: DispatcherOptions) {
    const { ceilings, events } = options;
    const backends = new Backends(options);
    const calls = new Calls(backends, options);
    this.#backends = backends;
    this.#calls = calls;
    this.#sessions = new Sessions({ backends, calls, ceilings, events }, options.sessions);
    this.#ceilings = ceilings;
  }

  execute(request: ExecutionRequest, context: ExecutionContext, emit?: Emit): Promise<ExecutionResult> {
    return this.#calls.run(new CallRecord(context), request, emit);
  }

  openSession(options: SessionOptions, context: ExecutionContext): Promise<Session> {
    return this.#sessions.open(options, context);
  }

  /** The result of a call that is refused before it becomes a request. */
  refuse(error: HotcellError, context: ExecutionContext): ExecutionResult {
    return this.#calls.refuse(new CallRecord(context), error);
  }

  /** Refuses waiting and later calls, lets running jobs end within `graceMs`, then cancels them. Idempotent. */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#shutDown(graceMs);
    return this.#closing;
  }

  /** Running and waiting jobs, and cells that wait for jobs, by backend. */
  stats(): EngineStats {
    return this.#backends.stats();
  }

  /**
   * Keeps cells waiting for such requests.
   * @throws {HotcellError} as `Engine.warm` does.
   */
  async warm(asked: WarmRequest, context: ExecutionContext): Promise<void> {
    const { count, ...request } = readMembers(asked);
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
      const message = 'The number of cells to warm must be a whole number of at least 0.';
      throw new HotcellError('INVALID_REQUEST', message);
    }
    const valid = validateRequest({ ...request, code: '' });
    const job = makeJob(new CallRecord(context), valid, this.#ceilings, context.signal);
    const { backend } = await this.#backends.route(job);
    await backend.warm(job, count, context.signal);
  }

  async #shutDown(graceMs: number): Promise<void> {
    this.#backends.close(new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.'));
    await this.#calls.drain(graceMs);
    await this.#sessions.close();
  }
}
