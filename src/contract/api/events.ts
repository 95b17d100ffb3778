import { z } from 'zod';
import { type Display, progressTextMax } from './display.ts';
import { displaySchema } from './display-schema.ts';
import { type ExecutionResult, executionResultSchema, type SandboxInfo, sandboxSchema } from './result.ts';
import { type ToolErrorCode, toolErrorCodes } from './tool-errors.ts';

/**
 * Events of `engine.stream(request)`, in this order: `queued` (unless the call was refused before), `started` (a cell
 * has the job), any number of `stdout` and `stderr` (redacted text, as it is written), `display`, `progress`,
 * `tool-started` and `tool-finished` (calls of host functions, numbered from 1), and exactly one `finished`. `at` is
 * ISO 8601, UTC.
 */
export type ExecutionEvent =
  | { readonly type: 'queued'; readonly id: string; readonly at: string }
  | { readonly type: 'started'; readonly id: string; readonly at: string; readonly sandbox: SandboxInfo }
  | { readonly type: 'stdout' | 'stderr'; readonly id: string; readonly text: string }
  | { readonly type: 'display'; readonly id: string; readonly display: Display }
  /** The guest's progress from 0 to 1, and one line of text (`''` if it gave none); about 20 a second at most. */
  | { readonly type: 'progress'; readonly id: string; readonly fraction: number; readonly text: string }
  | { readonly type: 'tool-started'; readonly id: string; readonly call: number; readonly tool: string }
  | {
      readonly type: 'tool-finished';
      readonly id: string;
      readonly call: number;
      readonly tool: string;
      readonly ms: number;
      readonly error?: ToolErrorCode | undefined;
    }
  | { readonly type: 'finished'; readonly id: string; readonly result: ExecutionResult };

/** Receives the events of one call. */
export type Emit = (event: ExecutionEvent) => void;

/** Checks an {@link ExecutionEvent}, for code that sends events over a wire. */
export const executionEventSchema: z.ZodType<ExecutionEvent> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('queued'), id: z.string(), at: z.iso.datetime() }),
  z.strictObject({ type: z.literal('started'), id: z.string(), at: z.iso.datetime(), sandbox: sandboxSchema }),
  z.strictObject({ type: z.enum(['stdout', 'stderr']), id: z.string(), text: z.string() }),
  z.strictObject({ type: z.literal('display'), id: z.string(), display: displaySchema }),
  z.strictObject({
    type: z.literal('progress'),
    id: z.string(),
    fraction: z.number().min(0).max(1),
    text: z.string().max(progressTextMax),
  }),
  z.strictObject({ type: z.literal('tool-started'), id: z.string(), call: z.number().int(), tool: z.string() }),
  z.strictObject({
    type: z.literal('tool-finished'),
    id: z.string(),
    call: z.number().int(),
    tool: z.string(),
    ms: z.number().min(0),
    error: z.enum(toolErrorCodes).optional(),
  }),
  z.strictObject({ type: z.literal('finished'), id: z.string(), result: executionResultSchema }),
]);
