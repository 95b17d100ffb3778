import { HotcellError } from '../contract/errors.ts';
import { describeIssues } from '../contract/issues.ts';
import { NotJsonError, serialiseJson } from '../contract/json-text.ts';
import {
  type ExecutionRequest,
  executionRequestSchema,
  inputsMaxBytes,
  type ParsedRequest,
} from '../contract/request.ts';

/** A request that keeps the contract, its inputs serialised. */
export interface ValidRequest extends ParsedRequest {
  readonly inputsJson: string;
}

/**
 * Checks a request of any origin.
 * @throws {HotcellError} `INVALID_REQUEST`, naming the path and the reason; nothing else, whatever the request does.
 */
export function validateRequest(request: ExecutionRequest | unknown): ValidRequest {
  try {
    const parsed = executionRequestSchema.safeParse(request);
    if (!parsed.success) throw invalid(describeIssues(parsed.error));
    return { ...parsed.data, inputsJson: serialiseJson(parsed.data.inputs, 'inputs', inputsMaxBytes) };
  } catch (error) {
    if (error instanceof HotcellError) throw error;
    if (error instanceof NotJsonError) throw invalid(error.message);
    // A getter or proxy of the request that throws.
    throw new HotcellError('INVALID_REQUEST', 'The request is invalid: it cannot be read. Give a plain object.', {
      cause: error,
    });
  }
}

function invalid(reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `The request is invalid: ${reason}.`);
}
