import { z } from 'zod';
import { HotcellError } from '../../contract/api/errors.ts';
import {
  type ExecutionRequest,
  executionRequestSchema,
  inputsMaxBytes,
  type ParsedRequest,
} from '../../contract/api/request.ts';
import { NotJsonError, serialiseJson } from '../../contract/schema/json-text.ts';
import { parseCallerValue } from '../../support/parse-caller-value.ts';

/** A request that keeps the contract, its inputs serialised. */
export interface ValidRequest extends ParsedRequest {
  readonly inputsJson: string;
}

/**
 * Checks a request of any origin.
 * @throws {HotcellError} `INVALID_REQUEST`, naming the path and the reason; nothing else, whatever the request does.
 */
export function validateRequest(request: ExecutionRequest | unknown): ValidRequest {
  const parsed = parseCallerValue(executionRequestSchema, request);
  if (parsed.reason !== undefined) throw invalidRequest(parsed.reason);
  try {
    return { ...parsed.data, inputsJson: serialiseJson(parsed.data.inputs, 'inputs', inputsMaxBytes) };
  } catch (error) {
    throw error instanceof NotJsonError ? invalidRequest(error.message) : error;
  }
}

/** @param reason a sentence without its begin and its full stop */
export function invalidRequest(reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `The request is invalid: ${reason}.`);
}

/**
 * The members of what a caller handed in, read once.
 * @throws {HotcellError} `INVALID_REQUEST` where it is no object or cannot be read
 */
export function readMembers<Members extends object>(given: Members): Partial<Members> {
  const members = parseCallerValue(z.looseObject({}), given);
  if (members.reason !== undefined) throw invalidRequest(members.reason);
  return members.data as Partial<Members>;
}
