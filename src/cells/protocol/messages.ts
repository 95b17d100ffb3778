import { z } from 'zod';
import type { Limits } from '../../contract/api/limits.ts';
import type { Language } from '../../contract/api/request.ts';
import type { JobSession } from '../../contract/api/session-info.ts';
import { verdictEnds, verdictTextMax } from './verdict-terms.ts';

/** The `job` message: all of a job but its inputs, files and stdin, which follow as messages of their own. */
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
  /** The guest's environment, its secrets included. */
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Limits;
  /** What the guest may call. */
  readonly tools: readonly { readonly name: string; readonly description: string }[];
  /** Connections that it may have open at one time; 0: it has no network. */
  readonly network: number;
  /** Where the cell is to stay for further jobs: what this one is, and how long it may wait for the next. */
  readonly session?:
    | { readonly action: JobSession['action']; readonly call: number; readonly idleMs: number }
    | undefined;
}

/** The `cancel` message: stop the guest, then send the verdict with what there is. */
export interface CancelMessage {
  readonly reason: 'cancelled' | 'output' | 'timeout';
}

/** The `verdict` message: the last word of a cell on a job. */
export interface Verdict {
  readonly end: (typeof verdictEnds)[number];
  /** What the `value` message holds: JSON text, the text of a value that is not JSON, or nothing (none was sent). */
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
  /** Files that `collect` names but that were left out: too large, too many, or not regular. */
  readonly droppedArtifacts: number;
  /** Displays that were refused before they began; absent where none were. */
  readonly droppedDisplays?: number | undefined;
  /** Of a session's job alone: whether the guest stays, to go on where it is, or is gone. */
  readonly session?: 'kept' | 'lost' | undefined;
}

/** Checks a {@link Verdict}: a cell is trusted to be ours, not to be unharmed. */
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
