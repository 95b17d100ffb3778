import { types } from 'node:util';
import { z } from 'zod';

// Taken here, once: a signal may have members of its own by these names.
const readAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get;

/** Whether a value is a signal of Node's own, and not one by its prototype alone, or a proxy. Never throws. */
export function isAbortSignal(value: unknown): value is AbortSignal {
  if (types.isProxy(value)) return false;
  try {
    return value instanceof AbortSignal && typeof readAborted?.call(value) === 'boolean';
  } catch {
    return false;
  }
}

/** Checks the signal of a call. */
export const abortSignalSchema: z.ZodType<AbortSignal, AbortSignal> = z.custom<AbortSignal>(
  isAbortSignal,
  'must be an AbortSignal',
);
