import { HotcellError } from '../contract/errors.ts';
import { describeIssues, printable } from '../contract/issues.ts';
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

/** Deeper inputs would not survive the parsers of every language. */
const inputsMaxDepth = 500;

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
    // A getter or proxy of the request that throws.
    throw new HotcellError('INVALID_REQUEST', 'The request is invalid: it cannot be read. Give a plain object.', {
      cause: error,
    });
  }
}

/**
 * JSON text of a value that JSON can say faithfully; `undefined` is `null` at the top and left out in objects.
 * @throws {HotcellError} `INVALID_REQUEST` with the path of what JSON cannot say: NaN, cycles, functions, class instances.
 */
export function serialiseJson(value: unknown, path: string, maxBytes: number): string {
  if (value === undefined) return 'null';
  checkJson(value, path, new Set());
  const text = JSON.stringify(value);
  if (Buffer.byteLength(text) > maxBytes) {
    throw invalid(`${path} must not be larger than ${maxBytes} bytes as JSON`);
  }
  return text;
}

function checkJson(value: unknown, path: string, ancestors: Set<object>): void {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return;
    case 'number':
      if (Number.isFinite(value)) return;
      throw invalid(`${printable(path)} must be JSON, but is ${value}`);
    case 'object':
      break;
    default:
      throw invalid(`${printable(path)} must be JSON, but is a ${typeof value}`);
  }
  if (value === null) return;
  if (ancestors.has(value)) throw invalid(`${printable(path)} must be JSON, but is cyclic`);
  if (ancestors.size >= inputsMaxDepth) throw invalid(`inputs must not be nested deeper than ${inputsMaxDepth} levels`);
  ancestors.add(value);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) checkJson(item, `${path}[${index}]`, ancestors);
  } else {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      throw invalid(`${printable(path)} must be JSON, but is an instance of ${printable(className(prototype))}`);
    }
    for (const [key, item] of Object.entries(value)) {
      if (item !== undefined) checkJson(item, `${path}.${key}`, ancestors);
    }
  }
  ancestors.delete(value);
}

function className(prototype: unknown): string {
  const { constructor: made } = prototype as { constructor?: unknown };
  return typeof made === 'function' ? made.name : 'a class';
}

function invalid(reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `The request is invalid: ${reason}.`);
}
