import type { z } from 'zod';
import { hasMoreMembers } from '../contract/schema/at-most.ts';
import { describeIssues } from '../contract/schema/issues.ts';
import { readCallerValue } from './caller-values.ts';

/** The parsed value, or the reason why the schema rejects it: a part of a sentence, without a full stop. */
export type Parsed<Output> = { readonly data: Output; readonly reason?: undefined } | { readonly reason: string };

/** More members than any object that one of the engine's schemas describes. A list's own schema says how long it may be. */
const membersMax = 1_000;

/**
 * Parses a caller's value with one of the engine's schemas. Getters and proxies are read during the call and not after
 * it. Never throws.
 */
export function parseCallerValue<Output>(schema: z.ZodType<Output>, value: unknown): Parsed<Output> {
  try {
    return readCallerValue(() => {
      if (!Array.isArray(value) && hasMoreMembers(value, membersMax)) return { reason: 'it has too many members' };
      return readParsed(schema.safeParse(value));
    });
  } catch {
    return { reason: 'it cannot be read. Give a plain object' };
  }
}

/** The same for a result that a schema has already given. */
export function readParsed<Output>(parsed: z.ZodSafeParseResult<Output>): Parsed<Output> {
  return parsed.success ? { data: parsed.data } : { reason: describeIssues(parsed.error) };
}
