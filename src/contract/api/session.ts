import { z } from 'zod';
import type { ExecutionEvent } from './events.ts';
import type { PartialLimits } from './limits.ts';
import type { ExecutionRequest, Language } from './request.ts';
import type { ExecutionResult } from './result.ts';

/** Limits that may differ for each call of a session; the others are fixed for the whole session. */
export type CallLimits = Pick<PartialLimits, 'timeoutMs' | 'cpuMs' | 'outputKb'>;

/** Options of a session. Except for the times, they are as in an {@link ExecutionRequest} and hold for all calls. */
export interface SessionOptions
  extends Pick<
    ExecutionRequest,
    | 'language'
    | 'env'
    | 'secrets'
    | 'tools'
    | 'files'
    | 'limits'
    | 'network'
    | 'tenant'
    | 'isolation'
    | 'backend'
    | 'image'
    | 'signal'
  > {
  /** Time without calls after which the session ends, in milliseconds. Default 300 000; lowered to the engine's. */
  readonly idleTimeoutMs?: number | undefined;
  /** Age at which the session ends, even if it is busy, in milliseconds. Default 3 600 000; lowered to the engine's. */
  readonly maxAgeMs?: number | undefined;
}

/** One call of a session. A string is short for `{ code }`. */
export interface SessionCall
  extends Pick<
    ExecutionRequest,
    'code' | 'inputs' | 'stdin' | 'files' | 'collect' | 'artifactSink' | 'secrets' | 'signal'
  > {
  readonly limits?: CallLimits | undefined;
}

/** The files of a session, under /workspace. Usable between calls; waits for a running call. */
export interface SessionFiles {
  /**
   * The content of a file, redacted like an artifact.
   * @throws {HotcellError} if there is no such file, it is larger than `limits.fileMb`, or the session has ended.
   */
  read(path: string): Promise<Uint8Array>;
  /**
   * Writes a file and replaces an existing one.
   * @throws {HotcellError} if the file cannot be written or the session has ended.
   */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /**
   * The files that match a glob (default: all), in order of path.
   * @throws {HotcellError} if the session has ended.
   */
  list(glob?: string): Promise<readonly SessionFile[]>;
}

/** One file of a session. */
export interface SessionFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * A guest that stays between calls, with variables, functions, imports, working directory and files. Concurrent calls
 * run one after the other, in order. An open session keeps the process alive until it ends.
 */
export interface Session extends AsyncDisposable {
  readonly id: string;
  readonly language: Language;
  readonly tenant: string;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  /** Whether it has ended: closed, timed out or lost. */
  readonly isOver: boolean;
  readonly files: SessionFiles;
  /** Runs code with the state that the last call left. Never rejects: every outcome is a result. */
  execute(call: string | SessionCall): Promise<ExecutionResult>;
  /** The same as a stream of events; see `Engine.stream`. */
  stream(call: string | SessionCall): AsyncIterable<ExecutionEvent>;
  /** Ends the session: cancels a running call, refuses waiting ones, and removes its cell. Idempotent. */
  close(): Promise<void>;
}

const milliseconds = z.number().int().min(1).max(2_147_483_647);

/** Checks the times of {@link SessionOptions}. */
export const sessionTimesSchema: z.ZodType<Pick<SessionOptions, 'idleTimeoutMs' | 'maxAgeMs'>> = z.object({
  idleTimeoutMs: milliseconds.optional(),
  maxAgeMs: milliseconds.optional(),
});

/** Checks the names of a {@link SessionCall}; the request made from it is checked in full later. */
export const sessionCallSchema: z.ZodType<SessionCall> = z.strictObject({
  code: z.string(),
  inputs: z.unknown().optional(),
  stdin: z.custom<SessionCall['stdin']>().optional(),
  files: z.custom<SessionCall['files']>().optional(),
  collect: z.custom<SessionCall['collect']>().optional(),
  artifactSink: z.custom<SessionCall['artifactSink']>().optional(),
  secrets: z.custom<SessionCall['secrets']>().optional(),
  signal: z.custom<SessionCall['signal']>().optional(),
  limits: z
    .strictObject({
      timeoutMs: z.number().optional(),
      cpuMs: z.number().optional(),
      outputKb: z.number().optional(),
    })
    .optional(),
});
