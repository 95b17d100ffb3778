import type { z } from 'zod';
import { printable } from '../contract/schema/issues.ts';
import type { JsonValue } from '../contract/schema/json.ts';
import { copyJson, NotJsonError, TooLongError } from '../contract/schema/json-text.ts';
import { awaitCallerPromise, CallerError, isInstance, readCallerValue } from './caller-values.ts';
import { type Parsed, readParsed } from './parse-caller-value.ts';

/** An answer as JSON, or why it cannot be taken. */
export type CheckedAnswer = { readonly data: JsonValue; readonly reason?: undefined } | RefusedAnswer;

interface RefusedAnswer {
  /** A sentence without its start and its full stop. */
  readonly reason: string;
  readonly isTooLong: boolean;
}

/**
 * What the input schema of a tool, or of a host function, makes of an input, or why it does not take it. The schema is the
 * caller's: one that throws takes nothing. It is waited for until `signal` is aborted; then this rejects with the reason.
 */
export async function checkToolInput(schema: z.ZodType, input: unknown, signal: AbortSignal): Promise<Parsed<unknown>> {
  try {
    const checked = await awaitCallerPromise(() => schema.safeParseAsync(input), signal);
    return readCallerValue(() => readParsed(checked));
  } catch (error) {
    if (signal.aborted || !isInstance(error, CallerError)) throw error;
    return { reason: `it cannot be checked (${printable(error.message)})` };
  }
}

/** The same of an answer, with its output schema if there is one. What that makes of it must be JSON of at most `maxBytes`. */
export async function checkToolAnswer(
  schema: z.ZodType | undefined,
  answer: unknown,
  maxBytes: number,
  signal: AbortSignal,
): Promise<CheckedAnswer> {
  const checked = schema ? await checkToolInput(schema, answer, signal) : { data: answer };
  if (checked.reason !== undefined) return { reason: checked.reason, isTooLong: false };
  try {
    return { data: checked.data === undefined ? null : copyJson(checked.data, 'it', maxBytes) };
  } catch (error) {
    if (!(error instanceof NotJsonError)) throw error;
    return { reason: error.message, isTooLong: error instanceof TooLongError };
  }
}
