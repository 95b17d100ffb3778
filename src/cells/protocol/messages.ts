import { z } from 'zod';
import type { Limits } from '../../contract/api/limits.ts';
import type { Language } from '../../contract/api/request.ts';
import type { JobSession } from '../../contract/api/session-info.ts';
import { verdictEnds, verdictTextMax } from './verdict-terms.ts';

/** The `job` message: the job without its inputs, files and stdin, which follow in separate messages. */
export interface JobMessage {
  readonly id: string;
  readonly language: Language;
  readonly mode: 'script' | 'handler';
  readonly code: string;
  /** Whether `files` messages follow. */
  readonly files: boolean;
  /** Whether `stdin` messages follow; otherwise the guest's stdin is empty. */
  readonly stdin: boolean;
  /** Globs of artifacts, relative to /workspace; `*` does not cross `/`, `**` does. */
  readonly collect: readonly string[];
  /** The guest's environment, including its secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  /** The functions that the guest may call. */
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  /** Most connections that it may have open at one time; 0 means no network. */
  readonly network: number;
  /** Set if the cell stays for further jobs: the kind of this call, and how long the cell may wait for the next. */
  readonly session?:
    | { readonly action: JobSession['action']; readonly call: number; readonly idleMs: number }
    | undefined;
}

/** The `cancel` message: stop the guest, then send a verdict with the results so far. */
export interface CancelMessage {
  readonly reason: 'cancelled' | 'output' | 'timeout';
}

/** The `verdict` message: the last message of a cell about a job. */
export interface Verdict {
  readonly end: (typeof verdictEnds)[number];
  /**
   * Content of the `value` message: JSON text, the text of a value that is not JSON, or `none` (no message was sent).
   */
  readonly value: 'json' | 'repr' | 'none';
  readonly error?:
    | {
        readonly name?: string | undefined;
        readonly message: string;
        readonly stack?: string | undefined;
        readonly line?: number | undefined;
      }
    | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly usage: { readonly wallMs: number; readonly cpuMs: number; readonly peakMemoryBytes: number };
  /** Files that `collect` matches but that were left out: too large, too many, or not regular. */
  readonly droppedArtifacts: number;
  /** Number of displays that were refused before they started; absent if there are none. */
  readonly droppedDisplays?: number | undefined;
  /** Only for a session's job: whether the guest stays, with its state, or is gone. */
  readonly session?: 'kept' | 'lost' | undefined;
}

/** Checks a {@link Verdict}. A cell runs hotcell's own code, but the guest may have damaged it. */
export const verdictSchema: z.ZodType<Verdict> = z.strictObject({
  end: z.enum(verdictEnds),
  value: z.enum(['json', 'repr', 'none']),
  error: z
    .strictObject({
      name: z.string().max(verdictTextMax.name).optional(),
      message: z.string().max(verdictTextMax.message),
      stack: z.string().max(verdictTextMax.stack).optional(),
      line: z.number().int().min(0).optional(),
    })
    .optional(),
  exitCode: z.number().int().min(0).max(255).optional(),
  signal: z.string().max(32).optional(),
  usage: z.strictObject({
    wallMs: z.number().min(0),
    cpuMs: z.number().min(0),
    peakMemoryBytes: z.number().min(0),
  }),
  droppedArtifacts: z.number().int().min(0),
  droppedDisplays: z.number().int().min(0).optional(),
  session: z.enum(['kept', 'lost']).optional(),
});
