import { converse, type OutputSinks } from '../cells/conversation/conversation.ts';
import { JobCell } from '../cells/conversation/session-cell.ts';
import { HotcellError } from '../contract/api/errors.ts';
import type { Emit } from '../contract/api/events.ts';
import type { ExecutionRequest } from '../contract/api/request.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import type { Session, SessionOptions } from '../contract/api/session.ts';
import type { Backend, Cell, PoolStats } from '../contract/spi/backend.ts';
import type { ExecutionContext, Executor } from '../contract/spi/executor.ts';
import type { Job } from '../contract/spi/job.ts';
import { injectedSecrets } from '../redaction/injected-secrets.ts';
import { createRedactor, type RedactionOptions } from '../redaction/redactor.ts';
import { followCaller, followOwn } from '../support/caller-signal.ts';
import { Deadline } from '../support/deadline.ts';
import type { EventHub } from '../support/event-hub.ts';
import { Admission, type AdmissionOptions } from './admission.ts';
import { ArtifactReader } from './artifacts/artifact-reader.ts';
import { buildRefusal, buildResult } from './build-result.ts';
import { failed, idsOf, leased, lost, reportEnd, reportingTools, validated } from './call-events.ts';
import { CallRecord } from './call-record.ts';
import { HostFunctionCalls } from './host-functions/host-function-calls.ts';
import { JobConnections, type OpenBroker } from './job-connections.ts';
import { leaseBudgetMs, leaseMinMs } from './lease-budget.ts';
import { type JobCeilings, makeJob } from './make-job.ts';
import { JobOutput } from './output/job-output.ts';
import { type Routing, routeAround } from './route.ts';
import type { SessionPlace } from './sessions/open-session.ts';
import { Sessions, type SessionsOptions } from './sessions/sessions.ts';
import { readMembers, validateRequest } from './validate.ts';

/** What a dispatcher needs; the engine has the defaults. */
export interface DispatcherOptions {
  /** In order of preference where two run the same language. */
  readonly backends: readonly Backend[];
  readonly ceilings: JobCeilings;
  readonly openBroker: OpenBroker;
  readonly routing: Routing;
  readonly queue: Omit<AdmissionOptions, 'slots'>;
  readonly redaction: RedactionOptions;
  readonly sessions: SessionsOptions;
  readonly events: EventHub;
}

/** How many cells are to wait, and what the requests will be like; the defaults are those of a request. */
export type WarmRequest = Pick<
  ExecutionRequest,
  'language' | 'limits' | 'backend' | 'image' | 'tenant' | 'isolation'
> & {
  readonly count: number;
};

/** One row for each backend, by its name. */
export type EngineStats = Readonly<
  Record<
    string,
    {
      /** Jobs. */
      readonly running: number;
      readonly waiting: number;
      /** Cells that wait for a job, by kind. */
      readonly pool: readonly PoolStats[];
    }
  >
>;

/** The whole way of a call. */
export class Dispatcher implements Executor {
  readonly #options: DispatcherOptions;
  readonly #admissions: ReadonlyMap<Backend, Admission>;
  /** Calls under way, and how to stop each. */
  readonly #calls = new Map<CallRecord, AbortController>();
  readonly #idle = Promise.withResolvers<void>();
  readonly #sessions: Sessions;
  #closing: Promise<void> | undefined;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#admissions = new Map(
      options.backends.map((backend) => [backend, new Admission({ ...options.queue, slots: backend.slots })]),
    );
    this.#sessions = new Sessions(
      {
        jobOf: (valid, session, context) =>
          makeJob(new CallRecord(context, session), valid, options.ceilings, context.signal),
        lease: (job) => this.#leaseForSession(job),
        call: (place, session, request, context, emit) =>
          this.#dispatch(request, new CallRecord(context, session), emit, place),
        refuse: (error, session, context) => this.#refuse(new CallRecord(context, session), error),
        events: options.events,
      },
      options.sessions,
    );
  }

  execute(request: ExecutionRequest, context: ExecutionContext, emit?: Emit): Promise<ExecutionResult> {
    return this.#dispatch(request, new CallRecord(context), emit);
  }

  openSession(options: SessionOptions, context: ExecutionContext): Promise<Session> {
    return this.#sessions.open(options, context);
  }

  async #dispatch(request: unknown, call: CallRecord, emit?: Emit, place?: SessionPlace): Promise<ExecutionResult> {
    const abort = new AbortController();
    this.#calls.set(call, abort);
    let result: ExecutionResult;
    try {
      const valid = validateRequest(request);
      using _caller = valid.signal && followCaller(valid.signal, abort);
      using _context = followOwn(call.context.signal, abort);
      result = await this.#run(call, makeJob(call, valid, this.#options.ceilings, abort.signal), emit, place);
    } catch (error) {
      if (!(error instanceof HotcellError)) this.#options.events.emit?.(failed(call, error));
      if (place?.over) call.sessionState = 'lost';
      result = buildRefusal(call, error, this.#options.ceilings.limits);
    }
    reportEnd(this.#options.events, call, result);
    this.#calls.delete(call);
    if (this.#closing && this.#calls.size === 0) this.#idle.resolve();
    emit?.({ type: 'finished', id: call.id, result });
    return result;
  }

  /** A result for a call that is refused before it becomes a request. */
  refuse(error: HotcellError, context: ExecutionContext): ExecutionResult {
    return this.#refuse(new CallRecord(context), error);
  }

  #refuse(call: CallRecord, error: HotcellError): ExecutionResult {
    const result = buildRefusal(call, error, this.#options.ceilings.limits);
    reportEnd(this.#options.events, call, result);
    return result;
  }

  /** Refuses what waits and what comes, lets running jobs end within the grace, then cancels them. Idempotent. */
  close(graceMs: number): Promise<void> {
    this.#closing ??= this.#drain(graceMs);
    return this.#closing;
  }

  /** Jobs that run and wait now, and cells that wait for jobs, by backend. */
  stats(): EngineStats {
    const rows = [...this.#admissions].map(
      ([backend, { running, waiting }]) => [backend.name, { running, waiting, pool: backend.pool() }] as const,
    );
    return Object.fromEntries(rows);
  }

  /**
   * Has cells wait for such requests.
   * @throws {HotcellError} as `Engine.warm` does.
   */
  async warm(asked: WarmRequest, context: ExecutionContext): Promise<void> {
    const { count, ...request } = readMembers(asked);
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
      const message = 'The number of cells to warm must be a whole number of at least 0.';
      throw new HotcellError('INVALID_REQUEST', message);
    }
    const valid = validateRequest({ ...request, code: '' });
    const { signal } = context;
    const job = makeJob(new CallRecord(context), valid, this.#options.ceilings, signal);
    const backend = await this.#route(job, signal);
    await backend.warm(job, count, signal);
  }

  async #drain(graceMs: number): Promise<void> {
    const refusal = new HotcellError('ENGINE_CLOSED', 'The call was refused because the engine is closed.');
    for (const admission of this.#admissions.values()) admission.close(refusal);
    if (this.#calls.size === 0) return await this.#sessions.close();
    const timer = setTimeout(() => {
      for (const abort of this.#calls.values()) abort.abort(new HotcellError('CANCELLED', 'the engine was closed.'));
    }, graceMs);
    await this.#idle.promise;
    clearTimeout(timer);
    await this.#sessions.close();
  }

  /** A cell for a session; the slot in which it was made is free again: an open session takes memory, and its calls take slots. */
  async #leaseForSession(job: Job): Promise<{ readonly backend: Backend; readonly cell: Cell }> {
    const backend = await this.#route(job, job.signal);
    using _slot = await this.#admissionOf(backend).enter(job.tenant, job.signal);
    return { backend, cell: await this.#acquire(backend, job) };
  }

  #admissionOf(backend: Backend): Admission {
    const admission = this.#admissions.get(backend);
    if (!admission) throw new Error(`backend ${backend.name} has no admission queue`);
    return admission;
  }

  async #run(
    call: CallRecord,
    job: Job,
    emit: Emit | undefined,
    place: SessionPlace | undefined,
  ): Promise<ExecutionResult> {
    const { events } = this.#options;
    events.emit?.(validated(call, job));
    const backend = place?.backend ?? (await this.#route(job, job.signal));
    events.emit?.({ type: 'call.queued', ...idsOf(call), backend: backend.name });
    emit?.({ type: 'queued', id: job.id, at: new Date().toISOString() });
    using _turn = await place?.enter(job.signal);
    using _slot = await this.#admissionOf(backend).enter(job.tenant, job.signal);
    call.mark('admitted');
    events.emit?.({ type: 'call.admitted', ...idsOf(call), backend: backend.name, queuedMs: call.timings().queuedMs });

    await using cell = place?.cell.next() ?? backend.leaseNow?.(job) ?? (await this.#acquire(backend, job));
    call.mark('acquired');
    call.sandbox = cell.sandbox;
    if (!place) events.emit?.(leased(call, cell));
    events.emit?.({ type: 'call.started', ...idsOf(call), backend: backend.name, cellId: cell.id });
    emit?.({ type: 'started', id: job.id, at: new Date().toISOString(), sandbox: cell.sandbox });

    const secrets = { ...job.secrets, ...injectedSecrets(job.network?.inject ?? []) };
    const redactor = createRedactor(secrets, this.#options.redaction);
    const output = new JobOutput(job, redactor, emit);
    const calls =
      job.tools.size > 0 ? new HostFunctionCalls(job, redactor, reportingTools(events, call, job, emit)) : undefined;
    let artifacts: ArtifactReader | undefined;
    await using network =
      job.network && new JobConnections(this.#options.openBroker(job.network), job.network, redactor);
    const sinks: OutputSinks = {
      stdout: (chunk) => output.stdout(chunk),
      stderr: (chunk) => output.stderr(chunk),
      display: (piece) => output.display(piece),
      progress: (message) => output.progress(message),
      artifacts(chunks) {
        artifacts = new ArtifactReader(job, redactor);
        artifacts.read(chunks);
      },
    };
    const end = await converse(cell, job, sinks, { tools: calls, network });
    call.mark('ran');
    if (end.end) events.emit?.(lost(call, cell, end.end));
    if (end.verdict?.session === 'kept' && !place?.over && cell instanceof JobCell) cell.keep();
    else call.sessionState = 'lost';

    return await buildResult(call, job, end, { output, calls, network, artifacts }, redactor);
  }

  #route(job: Job, signal: AbortSignal = AbortSignal.timeout(leaseMinMs)): Promise<Backend> {
    const { backends, routing } = this.#options;
    return routeAround(job, backends, routing, signal);
  }

  /** A cell for the job, within its time; one that comes too late is disposed. */
  async #acquire(backend: Backend, job: Job): Promise<Cell> {
    const budgetMs = leaseBudgetMs(job, backend);
    using deadline = new Deadline(
      budgetMs,
      () =>
        new HotcellError(
          'BACKEND_UNAVAILABLE',
          `The ${backend.name} backend made no cell within ${budgetMs} ms; run "hotcell doctor".`,
          {
            retryAfterMs: 1_000,
          },
        ),
      job.signal,
    );
    try {
      return await deadline.race(backend.lease(job, deadline.signal), (late) => void this.#discard(late));
    } catch (error) {
      if (!job.signal?.aborted) throw error;
      throw new HotcellError('CANCELLED_BEFORE_START', 'The call was cancelled before its guest started.', {
        cause: error,
      });
    }
  }

  async #discard(cell: Cell): Promise<void> {
    try {
      await cell[Symbol.asyncDispose]();
    } catch (error) {
      const message = 'a cell that was ready too late could not be disposed';
      this.#options.events.emit?.({ type: 'engine.fault', message, error });
    }
  }
}
