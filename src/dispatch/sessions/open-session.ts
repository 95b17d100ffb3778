import { z } from 'zod';
import type { SessionEnd } from '../../contract/api/engine-events.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { Emit, ExecutionEvent } from '../../contract/api/events.ts';
import { environmentSchema, type Language, type ParsedRequest, type RequestFiles } from '../../contract/api/request.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import { type Session, type SessionCall, type SessionFiles, sessionCallSchema } from '../../contract/api/session.ts';
import type { JobSession } from '../../contract/api/session-info.ts';
import type { Cell } from '../../contract/spi/backend.ts';
import type { ExecutionContext } from '../../contract/spi/executor.ts';
import { parseCallerValue } from '../../support/parse-caller-value.ts';
import type { Calls } from '../call/calls.ts';
import type { CellSource } from '../call/cell-source.ts';
import { EventStream } from '../call/event-stream.ts';
import { CallRecord } from '../request/call-record.ts';
import { invalidRequest } from '../request/validate.ts';
import { KeptCell } from './kept-cell.ts';
import { sessionFiles } from './session-files.ts';

/** The settings that all calls of a session share, read once. */
export type SessionBase = Omit<ParsedRequest, 'files' | 'signal' | 'tenant'>;

/** The settings of a session, with defaults and the engine's limits applied. */
export interface SessionSettings {
  readonly id: string;
  readonly tenant: string;
  readonly base: SessionBase;
  /** The context of the call that opened the session, without its signal. */
  readonly context: ExecutionContext;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  readonly memoryMb: number;
}

const callSecretsSchema = z.object({ secrets: environmentSchema });

/** An open session: keeps its cell, its timers, and all secrets that it was ever given. */
export class OpenSession implements Session {
  readonly id: string;
  readonly language: Language;
  readonly tenant: string;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  readonly memoryMb: number;
  readonly files: SessionFiles;
  readonly #context: ExecutionContext;
  readonly #cell: KeptCell;
  readonly #calls: Calls;
  readonly #onEnd: (reason: SessionEnd, calls: number) => void;
  /** Aborted when the session ends; cancels the running call. */
  readonly #ending = new AbortController();
  readonly #ageTimer: NodeJS.Timeout;
  #base: SessionBase;
  #idleTimer: NodeJS.Timeout | undefined;
  #callCount = 0;
  #closed: Promise<void> | undefined;

  /**
   * @param cells the source of `cell`
   * @param onEnd called when nothing of the session is left
   */
  constructor(
    settings: SessionSettings,
    cells: CellSource,
    cell: Cell,
    calls: Calls,
    onEnd: (reason: SessionEnd, calls: number) => void,
  ) {
    const { id, tenant, base, idleTimeoutMs, maxAgeMs, memoryMb } = settings;
    this.id = id;
    this.language = base.language;
    this.tenant = tenant;
    this.idleTimeoutMs = idleTimeoutMs;
    this.maxAgeMs = maxAgeMs;
    this.memoryMb = memoryMb;
    this.#base = base;
    this.#context = settings.context;
    this.#cell = new KeptCell(cells, cell, maxAgeMs, () => this.#rest());
    this.#calls = calls;
    this.#onEnd = onEnd;
    this.files = sessionFiles((action, request) => this.#call(action, request));
    this.#ageTimer = setTimeout(() => void this.#end('age', `it reached its maxAgeMs, ${maxAgeMs} ms`), maxAgeMs);
    void this.#cell.gone.then((end) => this.#end('lost', end?.message ?? 'its state was lost'));
    this.#rest();
  }

  get isOver(): boolean {
    return this.#cell.isOver;
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

  /**
   * Writes the session's files into its workspace. This is the first job, so it also shows whether the guest starts.
   */
  async place(files: RequestFiles, signal: AbortSignal): Promise<void> {
    const { error } = await this.#call('place', { files, collect: [], signal });
    if (error) throw new HotcellError(error.code, error.message, { ran: 'no' });
  }

  async #execute(call: unknown, emit: Emit | undefined, left: AbortSignal | undefined): Promise<ExecutionResult> {
    try {
      return await this.#call('run', this.#readCall(call), emit, left);
    } catch (error) {
      if (!(error instanceof HotcellError)) throw error;
      const result = this.#calls.refuse(new CallRecord(this.#context, this.#jobSession('run')), error);
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
    // A secret of an earlier call may still be in the guest, and so in later output.
    this.#base = { ...this.#base, secrets };
    const request = { ...this.#base, ...call, limits: { ...this.#base.limits, ...limits } };
    const signal = left ? AbortSignal.any([left, this.#ending.signal]) : this.#ending.signal;
    const record = new CallRecord({ ...this.#context, signal }, this.#jobSession(action));
    return this.#calls.run(record, request, emit, this.#cell);
  }

  /**
   * Reads a call of the session. Its secrets are checked here, because the session keeps them.
   * @throws {HotcellError} `INVALID_REQUEST`
   */
  #readCall(call: unknown): SessionCall {
    const { secrets: own, ...rest } = parse(sessionCallSchema, typeof call === 'string' ? { code: call } : call);
    if (own === undefined) return rest;
    const { secrets } = parse(callSecretsSchema, { secrets: own });
    return { ...rest, ...parse(callSecretsSchema, { secrets: { ...this.#base.secrets, ...secrets } }) };
  }

  #jobSession(action: JobSession['action']): JobSession {
    if (action === 'run') this.#callCount += 1;
    const { id, idleTimeoutMs, maxAgeMs } = this;
    return { id, call: Math.max(this.#callCount, 1), idleTimeoutMs, maxAgeMs, action };
  }

  /** Ends the session after its idle time, unless a call comes. */
  #rest(): void {
    clearTimeout(this.#idleTimer);
    if (this.isOver || !this.#cell.isIdle) return;
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
    const ended = this.#cell.end(why);
    this.#ending.abort(new HotcellError('SESSION_ENDED', `the session has ended because ${why}.`));
    await ended;
    this.#onEnd(reason, this.#callCount);
  }
}

/** @throws {HotcellError} `INVALID_REQUEST` */
function parse<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const parsed = parseCallerValue(schema, value);
  if (parsed.reason !== undefined) throw invalidRequest(parsed.reason);
  return parsed.data;
}
