import { types } from 'node:util';
import { z } from 'zod';

// Read once, here: a signal may have its own members with these names.
const readAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, 'aborted')?.get;

/** Whether a value is a real signal of Node's, not an object with its prototype or a proxy. Never throws. */
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
