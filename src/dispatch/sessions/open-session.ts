import { z } from 'zod';
import type { SessionCell } from '../../cells/conversation/session-cell.ts';
import type { SessionEnd } from '../../contract/api/engine-events.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { Emit, ExecutionEvent } from '../../contract/api/events.ts';
import { environmentSchema, type Language, type ParsedRequest, type RequestFiles } from '../../contract/api/request.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import { type Session, type SessionCall, type SessionFiles, sessionCallSchema } from '../../contract/api/session.ts';
import type { JobSession } from '../../contract/api/session-info.ts';
import type { Backend } from '../../contract/spi/backend.ts';
import { parseCallerValue } from '../../support/parse-caller-value.ts';
import { Admission } from '../admission.ts';
import { EventStream } from '../event-stream.ts';
import { invalidRequest } from '../validate.ts';
import { sessionFiles } from './session-files.ts';

/** A session as its calls use it on their way. */
export interface SessionPlace {
  readonly backend: Backend;
  readonly cell: SessionCell;
  /** Waits for the calls made before; dispose what it returns when the call is over. */
  enter(signal: AbortSignal | undefined): Promise<Disposable>;
  /** Why no call can be made any more; `undefined` while they can. */
  readonly over: HotcellError | undefined;
}

/** What a session needs of the engine. */
export interface SessionHost {
  /** Runs a call in a session to its result. Never rejects. */
  call(
    place: SessionPlace,
    session: JobSession,
    request: unknown,
    ending: AbortSignal,
    emit: Emit | undefined,
  ): Promise<ExecutionResult>;
  /** A result for a call that is none. */
  refuse(error: HotcellError, session: JobSession): ExecutionResult;
  /** The session is over. */
  ended(session: OpenSession, reason: SessionEnd, calls: number): void;
}

/** What all calls of a session have in common, as it was read once. */
export type SessionBase = Omit<ParsedRequest, 'files' | 'signal' | 'tenant'>;

/** What a session was opened with, defaults and engine's bounds applied. */
export interface SessionSettings {
  readonly id: string;
  readonly tenant: string;
  readonly base: SessionBase;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  readonly memoryMb: number;
}

const callSecretsSchema = z.object({ secrets: environmentSchema });

/** Calls of one session that wait at one time. */
const queueLimit = 100;

/** An open session: keeps the order of its calls, its clocks, and the secrets that it was ever given. */
export class OpenSession implements Session, SessionPlace {
  readonly id: string;
  readonly language: Language;
  readonly tenant: string;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  readonly memoryMb: number;
  readonly files: SessionFiles;
  readonly backend: Backend;
  readonly cell: SessionCell;
  readonly #host: SessionHost;
  readonly #turns: Admission;
  /** Aborted when the session ends; cancels the call that runs. */
  readonly #ending = new AbortController();
  readonly #ageTimer: NodeJS.Timeout;
  #base: SessionBase;
  #idleTimer: NodeJS.Timeout | undefined;
  #calls = 0;
  #over: HotcellError | undefined;
  #closed: Promise<void> | undefined;
  #callOver: Promise<unknown> = Promise.resolve();

  constructor(settings: SessionSettings, backend: Backend, cell: SessionCell, host: SessionHost) {
    const { id, tenant, base, idleTimeoutMs, maxAgeMs, memoryMb } = settings;
    this.id = id;
    this.language = base.language;
    this.tenant = tenant;
    this.idleTimeoutMs = idleTimeoutMs;
    this.maxAgeMs = maxAgeMs;
    this.memoryMb = memoryMb;
    this.backend = backend;
    this.cell = cell;
    this.#base = base;
    this.#host = host;
    this.#turns = new Admission({ slots: 1, queueLimit, queueTimeoutMs: maxAgeMs });
    this.files = sessionFiles((action, request) => this.#call(action, request));
    this.#ageTimer = setTimeout(() => void this.#end('age', `it reached its maxAgeMs, ${maxAgeMs} ms`), maxAgeMs);
    void cell.gone.then((end) => this.#end('lost', end?.message ?? 'its state was lost'));
    this.#rest();
  }

  get isOver(): boolean {
    return this.over !== undefined;
  }

  get over(): HotcellError | undefined {
    return this.#over ?? (this.cell.isGone ? overBecause('its state was lost') : undefined);
  }

  execute(call: string | SessionCall): Promise<ExecutionResult> {
    return this.#execute(call, undefined, undefined);
  }

  stream(call: string | SessionCall): AsyncIterable<ExecutionEvent> {
    return new EventStream((emit, left) => this.#execute(call, emit, left));
  }

  close(): Promise<void> {
    return this.#end('closed', 'it was closed');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async enter(signal: AbortSignal | undefined): Promise<Disposable> {
    if (this.over) throw this.over;
    const turn = await this.#turns.enter(this.tenant, signal);
    if (this.over) {
      turn[Symbol.dispose]();
      throw this.over;
    }
    clearTimeout(this.#idleTimer);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#callOver = promise;
    return {
      [Symbol.dispose]: () => {
        resolve();
        turn[Symbol.dispose]();
        this.#rest();
      },
    };
  }

  /** Puts the files that it was opened with in place. The first word with the guest: it says whether there is one. */
  async place(files: RequestFiles, signal: AbortSignal): Promise<void> {
    const { error } = await this.#call('place', { files, collect: [], signal });
    if (error) throw new HotcellError(error.code, error.message, { ran: 'no' });
  }

  async #execute(call: unknown, emit: Emit | undefined, left: AbortSignal | undefined): Promise<ExecutionResult> {
    try {
      return await this.#call('run', this.#readCall(call), emit, left);
    } catch (error) {
      if (!(error instanceof HotcellError)) throw error;
      const result = this.#host.refuse(error, this.#jobSession('run'));
      emit?.({ type: 'finished', id: result.id, result });
      return result;
    }
  }

  #call(
    action: JobSession['action'],
    { limits, secrets = this.#base.secrets, ...call }: Partial<SessionCall>,
    emit?: Emit,
    left?: AbortSignal,
  ): Promise<ExecutionResult> {
    // What was secret once stays in the guest, and so in what may come out of it.
    this.#base = { ...this.#base, secrets };
    const request = { ...this.#base, ...call, limits: { ...this.#base.limits, ...limits } };
    const ending = left ? AbortSignal.any([left, this.#ending.signal]) : this.#ending.signal;
    return this.#host.call(this, this.#jobSession(action), request, ending, emit);
  }

  /**
   * What a caller asks of the session. Its secrets are checked here, because they stay.
   * @throws {HotcellError} `INVALID_REQUEST`
   */
  #readCall(call: unknown): SessionCall {
    const { secrets: own, ...rest } = parse(sessionCallSchema, typeof call === 'string' ? { code: call } : call);
    if (own === undefined) return rest;
    const { secrets } = parse(callSecretsSchema, { secrets: own });
    return { ...rest, ...parse(callSecretsSchema, { secrets: { ...this.#base.secrets, ...secrets } }) };
  }

  #jobSession(action: JobSession['action']): JobSession {
    if (action === 'run') this.#calls += 1;
    const { id, idleTimeoutMs, maxAgeMs } = this;
    return { id, call: Math.max(this.#calls, 1), idleTimeoutMs, maxAgeMs, action };
  }

  #rest(): void {
    clearTimeout(this.#idleTimer);
    if (this.#over || this.#turns.running > 0 || this.#turns.waiting > 0) return;
    const why = `it was idle for its idleTimeoutMs, ${this.idleTimeoutMs} ms`;
    this.#idleTimer = setTimeout(() => void this.#end('idle', why), this.idleTimeoutMs);
  }

  #end(reason: SessionEnd, why: string): Promise<void> {
    this.#closed ??= this.#shutDown(reason, why);
    return this.#closed;
  }

  async #shutDown(reason: SessionEnd, why: string): Promise<void> {
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#ageTimer);
    this.#over = overBecause(why);
    this.#turns.close(this.#over);
    this.#ending.abort(new HotcellError('SESSION_ENDED', `the session has ended because ${why}.`));
    await this.#callOver;
    await this.cell[Symbol.asyncDispose]();
    this.#host.ended(this, reason, this.#calls);
  }
}

function overBecause(why: string): HotcellError {
  return new HotcellError('SESSION_ENDED', `The session has ended because ${why}; open another one.`);
}

/** @throws {HotcellError} `INVALID_REQUEST` */
function parse<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = parseCallerValue(schema, value);
  if (parsed.reason !== undefined) throw invalidRequest(parsed.reason);
  return parsed.data;
}
