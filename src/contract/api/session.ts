import { z } from 'zod';
import type { ExecutionEvent } from './events.ts';
import type { PartialLimits } from './limits.ts';
import type { ExecutionRequest, Language } from './request.ts';
import type { ExecutionResult } from './result.ts';

/** Limits that a call of a session may have of its own; the others hold for the whole session. */
export type CallLimits = Pick<PartialLimits, 'timeoutMs' | 'cpuMs' | 'outputKb'>;

/** What a session is opened with. Everything but the times is as in an {@link ExecutionRequest} and holds for all calls. */
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
  /** A session that nobody calls for so long ends, in milliseconds. Default 300 000; lowered to the engine's. */
  readonly idleTimeoutMs?: number | undefined;
  /** A session that is so old ends, whatever it does, in milliseconds. Default 3 600 000; lowered to the engine's. */
  readonly maxAgeMs?: number | undefined;
}

/** One call of a session; code alone stands for itself. */
export interface SessionCall
  extends Pick<
    ExecutionRequest,
    'code' | 'inputs' | 'stdin' | 'files' | 'collect' | 'artifactSink' | 'secrets' | 'signal'
  > {
  readonly limits?: CallLimits | undefined;
}

/** The files of a session, under /workspace. They can be used between calls and wait for a call that runs. */
export interface SessionFiles {
  /**
   * The content of a file, redacted like an artifact.
   * @throws {HotcellError} where there is no such file, it is larger than `limits.fileMb`, or the session is over.
   */
  read(path: string): Promise<Uint8Array>;
  /**
   * Writes a file, in place of one that is there.
   * @throws {HotcellError} where that cannot be done, or the session is over.
   */
  write(path: string, content: string | Uint8Array): Promise<void>;
  /**
   * The files that match a glob (default: all), in order of path.
   * @throws {HotcellError} where the session is over.
   */
  list(glob?: string): Promise<readonly SessionFile[]>;
}

/** One file of a session. */
export interface SessionFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * A guest that stays between calls: variables, functions, imports, working directory and files. Calls made at the same
 * time run one after the other, in order. An open session keeps the process alive until it ends.
 */
export interface Session extends AsyncDisposable {
  readonly id: string;
  readonly language: Language;
  readonly tenant: string;
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
  /** Whether it is over: closed, timed out or lost. */
  readonly isOver: boolean;
  readonly files: SessionFiles;
  /** Runs code where the last call left off. Never rejects: every outcome is a result. */
  execute(call: string | SessionCall): Promise<ExecutionResult>;
  /** The same as events; see `Engine.stream`. */
  stream(call: string | SessionCall): AsyncIterable<ExecutionEvent>;
  /** Ends it: a call that runs is cancelled, those that wait are refused, and nothing of it is left. Idempotent. */
  close(): Promise<void>;
}

const milliseconds = z.number().int().min(1).max(2_147_483_647);

/** Checks the times of {@link SessionOptions}. */
export const sessionTimesSchema: z.ZodType<Pick<SessionOptions, 'idleTimeoutMs' | 'maxAgeMs'>> = z.object({
  idleTimeoutMs: milliseconds.optional(),
  maxAgeMs: milliseconds.optional(),
});

/** Checks the names of a {@link SessionCall}; what they hold is checked with the request that it becomes. */
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
