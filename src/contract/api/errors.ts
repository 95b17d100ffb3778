/**
 * All ways in which a call can fail, in one table: the compiler demands all columns, and everything that reports an
 * error (result, HTTP answer, exit code of the command, documentation) reads this table.
 */

/**
 * How an execution ended. Only `success` is a good end; `error` is the guest's fault, `internal_error` is hotcell's.
 */
export const statuses = [
  'success',
  'error',
  'timeout',
  'memory_limit',
  'output_limit',
  'cancelled',
  'validation_error',
  'permission_denied',
  'rate_limited',
  'unavailable',
  'internal_error',
] as const;

/** One of {@link statuses}. */
export type ExecutionStatus = (typeof statuses)[number];

/** Whether guest code ran: `no` means that a retry is safe. */
export type Ran = 'no' | 'yes' | 'unknown';

/** All error codes. */
export const errorCodes = [
  'INVALID_REQUEST',
  'INVALID_OPTIONS',
  'UNKNOWN_TOOL',
  'INVALID_ARGUMENTS',
  'GUEST_ERROR',
  'NONZERO_EXIT',
  'GUEST_SIGNALLED',
  'NO_ANSWER',
  'UNSETTLED',
  'INVALID_ANSWER',
  'WALL_TIMEOUT',
  'CPU_TIMEOUT',
  'MEMORY_LIMIT',
  'OUTPUT_LIMIT',
  'VALUE_LIMIT',
  'CANCELLED',
  'CANCELLED_BEFORE_START',
  'PERMISSION_DENIED',
  'RATE_LIMITED',
  'QUEUE_FULL',
  'QUEUE_TIMEOUT',
  'BACKEND_UNAVAILABLE',
  'ENGINE_CLOSED',
  'SESSION_ENDED',
  'SESSION_LIMIT',
  'CELL_LOST',
  'PROTOCOL_VIOLATION',
  'INTERNAL_ERROR',
] as const;

/** One of {@link errorCodes}. */
export type ErrorCode = (typeof errorCodes)[number];

/** One row of {@link errorTable}. */
export interface ErrorRow {
  readonly status: Exclude<ExecutionStatus, 'success'>;
  /** HTTP status for a server's answer. */
  readonly http: number;
  /** Exit code of the `hotcell` command. */
  readonly exit: number;
  /** Whether the guest's code ran, unless the single case says otherwise. */
  readonly ran: Ran;
  readonly description: string;
}

/** The error table: code → status, HTTP status, exit code of the command, `ran`, description. */
export const errorTable: Readonly<Record<ErrorCode, ErrorRow>> = {
  INVALID_REQUEST: {
    status: 'validation_error',
    http: 400,
    exit: 2,
    ran: 'no',
    description: 'The request breaks the contract; the message names the path and the reason.',
  },
  INVALID_OPTIONS: {
    status: 'validation_error',
    http: 400,
    exit: 2,
    ran: 'no',
    description:
      'An option of the engine or a setting of the command is wrong; the message names it and what it can be.',
  },
  UNKNOWN_TOOL: {
    status: 'validation_error',
    http: 404,
    exit: 2,
    ran: 'no',
    description: 'No tool of that name is defined on this engine.',
  },
  INVALID_ARGUMENTS: {
    status: 'validation_error',
    http: 400,
    exit: 2,
    ran: 'no',
    description: "The arguments of a tool call break the tool's input schema.",
  },
  GUEST_ERROR: {
    status: 'error',
    http: 422,
    exit: 1,
    ran: 'yes',
    description: 'The guest threw, or its code does not parse.',
  },
  NONZERO_EXIT: {
    status: 'error',
    http: 422,
    exit: 1,
    ran: 'yes',
    description: 'The guest exited with a code other than 0.',
  },
  GUEST_SIGNALLED: {
    status: 'error',
    http: 422,
    exit: 1,
    ran: 'yes',
    description: 'The guest was ended by a signal that hotcell did not send.',
  },
  NO_ANSWER: {
    status: 'error',
    http: 422,
    exit: 1,
    ran: 'yes',
    description: 'Handler mode: there is no handler, or it ended without an answer.',
  },
  UNSETTLED: {
    status: 'error',
    http: 422,
    exit: 1,
    ran: 'yes',
    description: 'The guest awaits something that can never settle, because nothing is left running.',
  },
  INVALID_ANSWER: {
    status: 'error',
    http: 422,
    exit: 1,
    ran: 'yes',
    description: "The answer of a tool breaks the tool's output schema.",
  },
  WALL_TIMEOUT: {
    status: 'timeout',
    http: 408,
    exit: 124,
    ran: 'yes',
    description: 'The guest had not ended after limits.timeoutMs.',
  },
  CPU_TIMEOUT: {
    status: 'timeout',
    http: 408,
    exit: 124,
    ran: 'yes',
    description: 'The guest used more processor time than limits.cpuMs.',
  },
  MEMORY_LIMIT: {
    status: 'memory_limit',
    http: 422,
    exit: 137,
    ran: 'yes',
    description: 'The guest needed more memory than limits.memoryMb.',
  },
  OUTPUT_LIMIT: {
    status: 'output_limit',
    http: 422,
    exit: 125,
    ran: 'yes',
    description: 'The guest flooded a stream with 8 times limits.outputKb and was stopped.',
  },
  VALUE_LIMIT: {
    status: 'output_limit',
    http: 422,
    exit: 125,
    ran: 'yes',
    description: 'The value is larger than limits.valueKb.',
  },
  CANCELLED: {
    status: 'cancelled',
    http: 499,
    exit: 130,
    ran: 'yes',
    description: 'The caller cancelled while the guest was running.',
  },
  CANCELLED_BEFORE_START: {
    status: 'cancelled',
    http: 499,
    exit: 130,
    ran: 'no',
    description: 'The caller cancelled before the guest started.',
  },
  PERMISSION_DENIED: {
    status: 'permission_denied',
    http: 403,
    exit: 77,
    ran: 'no',
    description: 'A policy of this engine does not allow the call.',
  },
  RATE_LIMITED: {
    status: 'rate_limited',
    http: 429,
    exit: 75,
    ran: 'no',
    description: 'The caller made too many calls; retryAfterMs says when to try again.',
  },
  QUEUE_FULL: {
    status: 'unavailable',
    http: 503,
    exit: 75,
    ran: 'no',
    description: 'The admission queue is full; retryAfterMs says when to try again.',
  },
  QUEUE_TIMEOUT: {
    status: 'unavailable',
    http: 503,
    exit: 75,
    ran: 'no',
    description: 'The job waited in the admission queue for longer than the engine allows.',
  },
  BACKEND_UNAVAILABLE: {
    status: 'unavailable',
    http: 503,
    exit: 69,
    ran: 'no',
    description: 'The backend for this language cannot make cells now (no Docker engine, no image, no host process).',
  },
  ENGINE_CLOSED: {
    status: 'unavailable',
    http: 503,
    exit: 69,
    ran: 'no',
    description: 'The engine is closed or closing.',
  },
  SESSION_ENDED: {
    status: 'unavailable',
    http: 410,
    exit: 69,
    ran: 'no',
    description: 'The session has ended (closed, timed out, or its state was lost); open another one.',
  },
  SESSION_LIMIT: {
    status: 'rate_limited',
    http: 429,
    exit: 75,
    ran: 'no',
    description: 'The limit of open sessions is reached; close one, or wait until one ends.',
  },
  CELL_LOST: {
    status: 'internal_error',
    http: 500,
    exit: 70,
    ran: 'unknown',
    description: 'The cell died while it ran the job; as far as hotcell can tell, the guest did not cause it.',
  },
  PROTOCOL_VIOLATION: {
    status: 'internal_error',
    http: 500,
    exit: 70,
    ran: 'unknown',
    description: 'The cell broke the cell protocol and was destroyed.',
  },
  INTERNAL_ERROR: {
    status: 'internal_error',
    http: 500,
    exit: 70,
    ran: 'unknown',
    description: 'hotcell itself failed; please report it.',
  },
};

/**
 * A failure on hotcell's own side of a call. Inside the engine it is thrown; callers of `execute` get it as
 * `result.error`.
 */
export class HotcellError extends Error {
  override readonly name = 'HotcellError';
  readonly code: ErrorCode;
  readonly ran: Ran;
  /** Milliseconds after which a retry makes sense, if known. */
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly cause?: unknown; readonly ran?: Ran; readonly retryAfterMs?: number } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.ran = options.ran ?? errorTable[code].ran;
    this.retryAfterMs = options.retryAfterMs;
  }
}
