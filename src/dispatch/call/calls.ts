import { HotcellError } from '../../contract/api/errors.ts';
import type { Emit } from '../../contract/api/events.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import { followCaller, followOwn } from '../../support/caller-signal.ts';
import type { CallRecord } from '../request/call-record.ts';
import { type JobCeilings, makeJob } from '../request/make-job.ts';
import { validateRequest } from '../request/validate.ts';
import type { Backends } from './backends.ts';
import { buildRefusal } from './build-result.ts';
import { failed, reportEnd, validated } from './call-events.ts';
import type { CellSource } from './cell-source.ts';
import { type JobSettings, runJob } from './run-job.ts';

/** Settings that all calls of an engine share. */
export interface CallSettings extends JobSettings {
  readonly ceilings: JobCeilings;
}

/** Runs the calls of an engine, each from its request to its result. */
export class Calls {
  readonly #backends: Backends;
  readonly #settings: CallSettings;
  /** Running calls, with the controller that stops each. */
  readonly #underWay = new Map<CallRecord, AbortController>();
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(backends: Backends, settings: CallSettings) {
    this.#backends = backends;
    this.#settings = settings;
  }

  /**
   * Runs a request to its result. Never rejects.
   * @param kept the cell of the session that the call belongs to. Default: a fresh cell of the backend that serves it.
   */
  async run(call: CallRecord, request: unknown, emit?: Emit, kept?: CellSource): Promise<ExecutionResult> {
    const { ceilings, events } = this.#settings;
    const abort = new AbortController();
    this.#underWay.set(call, abort);
    let result: ExecutionResult;
    try {
      const valid = validateRequest(request);
      using _caller = valid.signal && followCaller(valid.signal, abort);
      using _context = followOwn(call.context.signal, abort);
      const job = makeJob(call, valid, ceilings, abort.signal);
      events.emit?.(validated(call, job));
      const source = kept ?? (await this.#backends.route(job));
      result = await runJob(job, source, call, emit, this.#settings);
    } catch (error) {
      if (!(error instanceof HotcellError)) events.emit?.(failed(call, error));
      if (kept?.isOver) call.sessionState = 'lost';
      result = buildRefusal(call, error, ceilings.limits);
    }
    reportEnd(events, call, result);
    this.#underWay.delete(call);
    if (this.#underWay.size === 0) this.#idle?.resolve();
    emit?.({ type: 'finished', id: call.id, result });
    return result;
  }

  /** A result for a call that is refused before it becomes a request. */
  refuse(call: CallRecord, error: HotcellError): ExecutionResult {
    const { ceilings, events } = this.#settings;
    const result = buildRefusal(call, error, ceilings.limits);
    reportEnd(events, call, result);
    return result;
  }

  /** Settles when no call is under way. Calls that are still under way after `graceMs` are cancelled. */
  async drain(graceMs: number): Promise<void> {
    if (this.#underWay.size === 0) return;
    this.#idle = Promise.withResolvers();
    const timer = setTimeout(() => {
      for (const abort of this.#underWay.values()) abort.abort(new HotcellError('CANCELLED', 'the engine was closed.'));
    }, graceMs);
    await this.#idle.promise;
    clearTimeout(timer);
  }
}
