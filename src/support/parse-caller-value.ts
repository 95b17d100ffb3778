import type { z } from 'zod';
import { hasMoreMembers } from '../contract/schema/at-most.ts';
import { describeIssues } from '../contract/schema/issues.ts';
import { readCallerValue } from './caller-values.ts';

/** What a schema makes of a value, or why it does not take it: a sentence without its begin and its full stop. */
export type Parsed<Output> = { readonly data: Output; readonly reason?: undefined } | { readonly reason: string };

/** More than any object of a caller's has that a schema of ours describes. A list's own schema says how long it may be. */
const membersMax = 1_000;

/** Reads what a caller handed in by a schema of ours. Getters and proxies are read meanwhile, and not after it. Never throws. */
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

/** The same of what a schema answered. */
export function readParsed<Output>(parsed: z.ZodSafeParseResult<Output>): Parsed<Output> {
  return parsed.success ? { data: parsed.data } : { reason: describeIssues(parsed.error) };
}
