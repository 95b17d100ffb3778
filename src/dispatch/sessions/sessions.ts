import { availableParallelism, totalmem } from 'node:os';
import { HotcellError } from '../../contract/api/errors.ts';
import { type Session, type SessionOptions, sessionTimesSchema } from '../../contract/api/session.ts';
import type { Cell } from '../../contract/spi/backend.ts';
import type { ExecutionContext } from '../../contract/spi/executor.ts';
import type { Job } from '../../contract/spi/job.ts';
import { followCaller, followOwn } from '../../support/caller-signal.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { newId, traceIds } from '../../support/ids.ts';
import { parseCallerValue } from '../../support/parse-caller-value.ts';
import type { Backends } from '../call/backends.ts';
import type { Calls } from '../call/calls.ts';
import type { FreshCells } from '../call/fresh-cells.ts';
import { CallRecord } from '../request/call-record.ts';
import { type JobCeilings, makeJob } from '../request/make-job.ts';
import { readMembers, validateRequest } from '../request/validate.ts';
import { OpenSession } from './open-session.ts';

/** Limits of the sessions of one engine; all have defaults. */
export interface SessionsOptions {
  /** Open sessions of one tenant at one time. Default: 4 for each processor, at least 8. */
  readonly perTenant?: number | undefined;
  /**
   * Sum of `limits.memoryMb` of all open sessions, which keep memory between calls. Default: half of the machine's
   * memory.
   */
  readonly memoryBudgetMb?: number | undefined;
  /** The longest `idleTimeoutMs` of a session. Default 3 600 000. */
  readonly idleTimeoutMs?: number | undefined;
  /** The longest `maxAgeMs` of a session. Default 86 400 000. */
  readonly maxAgeMs?: number | undefined;
}

/** The parts that sessions use. */
export interface SessionsParts {
  /** Gives sessions their cells. */
  readonly backends: Backends;
  /** Runs the calls of sessions. */
  readonly calls: Calls;
  readonly ceilings: JobCeilings;
  /** Gets an event for each session that opens or ends. */
  readonly events: EventHub;
}

const [usualIdleMs, usualAgeMs] = [300_000, 3_600_000];

/**
 * The open sessions of an engine. Their number is limited for each tenant, and their memory in total. A call of a
 * session takes a slot like any other call.
 */
export class Sessions {
  readonly #parts: SessionsParts;
  readonly #settings: { readonly [name in keyof SessionsOptions]-?: number };
  readonly #open = new Set<OpenSession>();
  /** Sessions that are being opened. */
  readonly #coming = new Set<{ readonly tenant: string; readonly memoryMb: number }>();

  constructor(parts: SessionsParts, options: SessionsOptions = {}) {
    this.#parts = parts;
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
    const { calls, ceilings, events } = this.#parts;
    // Represents the jobs of the session's calls; it does not run itself.
    const record = new CallRecord(context, { id, call: 1, action: 'place', ...times });
    const job = makeJob(record, valid, ceilings, abort.signal);
    const { tenant, isolation, limits } = job;
    if (isolation === 'tenant') {
      const why = "a session has its own cell; remove isolation: 'tenant'";
      throw new HotcellError('INVALID_REQUEST', `The session cannot be opened: ${why}.`);
    }
    const claim = { tenant, memoryMb: limits.memoryMb };
    const openedAt = performance.now();
    const passed = (): number => Math.round(performance.now() - openedAt);
    this.#checkRoom(claim);
    this.#coming.add(claim);
    try {
      const { cells, cell } = await this.#lease(job);
      const { files, signal: _signal, tenant: _tenant, inputsJson: _inputs, ...base } = valid;
      const settings = { id, tenant, base, context, memoryMb: limits.memoryMb, ...times };
      const session = new OpenSession(settings, cells, cell, calls, (reason, count) => {
        this.#open.delete(session);
        const ended = { reason, calls: count, ms: passed() };
        events.emit?.({ type: 'session.ended', sessionId: id, tenant, ...traceIds(context), ...ended });
      });
      this.#open.add(session);
      try {
        await session.place(files, abort.signal);
      } catch (error) {
        await session.close();
        throw error;
      }
      const { language } = job;
      const opened = { language, backend: cells.backend.name, ms: passed() };
      events.emit?.({ type: 'session.opened', sessionId: id, tenant, ...traceIds(context), ...opened });
      return session;
    } finally {
      this.#coming.delete(claim);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((session) => session.close()));
  }

  /**
   * Makes the cell of a session. The slot is free again afterwards: an open session holds memory, and its calls take
   * slots.
   */
  async #lease(job: Job): Promise<{ readonly cells: FreshCells; readonly cell: Cell }> {
    const cells = await this.#parts.backends.route(job);
    using _place = await cells.enter(job);
    return { cells, cell: await cells.take(job) };
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
