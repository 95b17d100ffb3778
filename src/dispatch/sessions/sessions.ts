import { availableParallelism, totalmem } from 'node:os';
import { SessionCell } from '../../cells/conversation/session-cell.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { Emit } from '../../contract/api/events.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import { type Session, type SessionOptions, sessionTimesSchema } from '../../contract/api/session.ts';
import type { JobSession } from '../../contract/api/session-info.ts';
import type { Backend, Cell } from '../../contract/spi/backend.ts';
import type { ExecutionContext } from '../../contract/spi/executor.ts';
import type { Job } from '../../contract/spi/job.ts';
import { followCaller, followOwn } from '../../support/caller-signal.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { newId } from '../../support/ids.ts';
import { parseCallerValue } from '../../support/parse-caller-value.ts';
import { readMembers, type ValidRequest, validateRequest } from '../validate.ts';
import { OpenSession, type SessionPlace } from './open-session.ts';

/** What sessions of one engine may have; all have defaults. */
export interface SessionsOptions {
  /** Sessions of one tenant that are open at one time. Default: 4 for each processor, at least 8. */
  readonly perTenant?: number | undefined;
  /** The `limits.memoryMb` of all open sessions together: what they may hold while nobody calls. Default: half of the machine's memory. */
  readonly memoryBudgetMb?: number | undefined;
  /** The longest `idleTimeoutMs` of a session. Default 3 600 000. */
  readonly idleTimeoutMs?: number | undefined;
  /** The longest `maxAgeMs` of a session. Default 86 400 000. */
  readonly maxAgeMs?: number | undefined;
}

/** What opening a session needs of the dispatcher. */
export interface SessionMaker {
  /**
   * The job that stands for the session's calls.
   * @throws {HotcellError}
   */
  jobOf(valid: ValidRequest, session: JobSession, context: ExecutionContext): Job;
  /** A cell that stays, made within a slot of its backend's queue, which is free again then. */
  lease(job: Job): Promise<{ readonly backend: Backend; readonly cell: Cell }>;
  /** Runs a call in a session to its result, in its context. Never rejects. */
  call(
    place: SessionPlace,
    session: JobSession,
    request: unknown,
    context: ExecutionContext,
    emit: Emit | undefined,
  ): Promise<ExecutionResult>;
  /** A result for a call that is refused. */
  refuse(error: HotcellError, session: JobSession, context: ExecutionContext): ExecutionResult;
  /** Gets an event for each session that opens or ends. */
  readonly events: EventHub;
}

const [usualIdleMs, usualAgeMs] = [300_000, 3_600_000];

/** The open sessions of an engine. What they may take is bounded by tenant and in memory; a call of theirs takes a slot like any other. */
export class Sessions {
  readonly #maker: SessionMaker;
  readonly #settings: { readonly [name in keyof SessionsOptions]-?: number };
  readonly #open = new Set<OpenSession>();
  /** Those that are being opened. */
  readonly #coming = new Set<{ readonly tenant: string; readonly memoryMb: number }>();

  constructor(maker: SessionMaker, options: SessionsOptions = {}) {
    this.#maker = maker;
    this.#settings = {
      perTenant: options.perTenant ?? Math.max(8, 4 * availableParallelism()),
      memoryBudgetMb: options.memoryBudgetMb ?? Math.floor(totalmem() / 2 / 1_048_576),
      idleTimeoutMs: options.idleTimeoutMs ?? 3_600_000,
      maxAgeMs: options.maxAgeMs ?? 86_400_000,
    };
  }

  /**
   * Opens a session.
   * @throws {HotcellError} as `Engine.openSession` does.
   */
  async open(options: SessionOptions, context: ExecutionContext): Promise<Session> {
    const { id, valid, ...times } = this.#read(options);
    const abort = new AbortController();
    using _caller = valid.signal && followCaller(valid.signal, abort);
    using _context = followOwn(context.signal, abort);
    const opening = { ...context, signal: abort.signal };
    const job = this.#maker.jobOf(valid, { id, call: 1, action: 'place', ...times }, opening);
    const { tenant, isolation, limits } = job;
    if (isolation === 'tenant') {
      const why = "a session has its own cell; remove isolation: 'tenant'";
      throw new HotcellError('INVALID_REQUEST', `The session cannot be opened: ${why}.`);
    }
    const claim = { tenant, memoryMb: limits.memoryMb };
    const openedAt = performance.now();
    const passed = (): number => Math.round(performance.now() - openedAt);
    const { events } = this.#maker;
    this.#checkRoom(claim);
    this.#coming.add(claim);
    try {
      const { backend, cell } = await this.#maker.lease(job);
      const { files, signal: _signal, tenant: _tenant, inputsJson: _inputs, ...base } = valid;
      const settings = { id, tenant, base, memoryMb: limits.memoryMb, ...times };
      const session = new OpenSession(settings, backend, new SessionCell(cell), {
        call: (place, info, request, ending, emit) =>
          this.#maker.call(place, info, request, { ...context, signal: ending }, emit),
        refuse: (error, info) => this.#maker.refuse(error, info, context),
        ended: (ended, reason, calls) => {
          this.#open.delete(ended);
          events.emit?.({ type: 'session.ended', sessionId: id, tenant, reason, calls, ms: passed() });
        },
      });
      this.#open.add(session);
      try {
        await session.place(files, abort.signal);
      } catch (error) {
        await session.close();
        throw error;
      }
      const { language } = job;
      events.emit?.({ type: 'session.opened', sessionId: id, tenant, language, backend: backend.name, ms: passed() });
      return session;
    } finally {
      this.#coming.delete(claim);
    }
  }

  /** Ends all. */
  async close(): Promise<void> {
    await Promise.all([...this.#open].map((session) => session.close()));
  }

  #read(options: SessionOptions) {
    const { idleTimeoutMs: idle, maxAgeMs: age, ...rest } = readMembers(options);
    const times = parseCallerValue(sessionTimesSchema, { idleTimeoutMs: idle, maxAgeMs: age });
    if (times.reason !== undefined) {
      throw new HotcellError('INVALID_REQUEST', `The session cannot be opened: ${times.reason}.`);
    }
    const { idleTimeoutMs, maxAgeMs } = times.data;
    return {
      id: newId(),
      valid: validateRequest({ ...rest, code: '' }),
      idleTimeoutMs: Math.min(idleTimeoutMs ?? usualIdleMs, this.#settings.idleTimeoutMs),
      maxAgeMs: Math.min(maxAgeMs ?? usualAgeMs, this.#settings.maxAgeMs),
    };
  }

  #checkRoom({ tenant, memoryMb }: { readonly tenant: string; readonly memoryMb: number }): void {
    const { perTenant, memoryBudgetMb } = this.#settings;
    const all = [...[...this.#open].filter(({ isOver }) => !isOver), ...this.#coming];
    const own = all.filter((each) => each.tenant === tenant).length;
    const heldMb = all.reduce((sum, each) => sum + each.memoryMb, 0);
    const why =
      own >= perTenant
        ? `the tenant has ${own} of at most ${perTenant} open sessions (sessions.perTenant)`
        : heldMb + memoryMb > memoryBudgetMb
          ? `open sessions reserve ${heldMb} MiB and this one needs ${memoryMb} MiB more, but sessions.memoryBudgetMb is ${memoryBudgetMb}`
          : undefined;
    if (why !== undefined)
      throw new HotcellError('SESSION_LIMIT', `The session was refused because ${why}. Close a session first.`);
  }
}
