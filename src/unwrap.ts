import { HotcellError } from './contract/api/errors.ts';
import type { ExecutionResult } from './contract/api/result.ts';
import type { JsonValue } from './contract/schema/json.ts';

/**
 * The value of a successful result; `undefined` if it has none.
 * @throws {HotcellError} with the result's code and message, and the result as its `cause`, if the result is not a success.
 */
export function unwrap(result: ExecutionResult): JsonValue | undefined {
  if (result.status === 'success') return result.value;
  const {
    code = 'INTERNAL_ERROR',
    message = `The call ended with status ${result.status}.`,
    ran = 'unknown',
  } = result.error ?? {};
  throw new HotcellError(code, message, { cause: result, ran });
}
