import type { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import { type HostFunction, hostFunctionSchema } from '../contract/api/host-function.ts';
import { parseCallerValue } from '../support/parse-caller-value.ts';

/**
 * Checks a host function where it is defined, and gives its `run` and `approve` the types of its schemas. A plain object in
 * a request is checked by each call.
 * @returns a frozen copy
 * @throws {HotcellError} `INVALID_REQUEST` if the definition is wrong: a mistake of the program, not of a call
 */
export function hostFunction<Input extends z.ZodType, Output extends z.ZodType>(
  definition: HostFunction<Input, Output>,
): HostFunction<Input, Output> {
  const parsed = parseCallerValue(hostFunctionSchema, definition);
  if (parsed.reason === undefined) return Object.freeze(parsed.data) as unknown as HostFunction<Input, Output>;
  throw new HotcellError('INVALID_REQUEST', `The host function cannot be defined: ${parsed.reason}.`);
}
