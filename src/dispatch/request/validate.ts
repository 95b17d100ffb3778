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

/** A request that fits the contract, with its inputs serialised. */
export interface ValidRequest extends ParsedRequest {
  readonly inputsJson: string;
}

/**
 * Checks a request from any source.
 * @throws {HotcellError} `INVALID_REQUEST` with the path and the reason. It throws nothing else, whatever the request
 * contains.
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

/** @param reason a sentence without its start and its full stop */
export function invalidRequest(reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `The request is invalid: ${reason}.`);
}

/**
 * The members of an object from the caller, read once.
 * @throws {HotcellError} `INVALID_REQUEST` if it is not an object or cannot be read
 */
export function readMembers<Members extends object>(given: Members): Partial<Members> {
  const members = parseCallerValue(z.looseObject({}), given);
  if (members.reason !== undefined) throw invalidRequest(members.reason);
  return members.data as Partial<Members>;
}
