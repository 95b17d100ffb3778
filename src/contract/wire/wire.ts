import { z } from 'zod';
import { HotcellError } from '../api/errors.ts';
import { type ExecutionEvent, executionEventSchema } from '../api/events.ts';
import { type ExecutionRequest, executionRequestSchema } from '../api/request.ts';
import { type ExecutionResult, executionResultSchema } from '../api/result.ts';
import type { JsonValue } from '../schema/json.ts';
import { type Derived, deriveWire, type UnknownFields } from './derive.ts';
import type { WireBytes, WireOptions } from './wire-bytes.ts';
import { decodeValue, encodeValue } from './wire-values.ts';

/** Version of the wire forms; see `docs/wire.md` for what changes it. */
export const wireVersion = 1;

/** The JSON form of a type: bytes are {@link WireBytes}; functions and streams are left out. */
export type Wire<T> = unknown extends T
  ? T
  : T extends JsonValue
    ? T
    : T extends Uint8Array
      ? WireBytes
      : T extends AsyncIterable<unknown> | ((...given: never) => unknown)
        ? never
        : T extends object
          ? { readonly [Key in keyof T]: Wire<T[Key]> }
          : T;

/** The version of a message's form; 1 if absent. */
interface Versioned {
  readonly wireVersion?: typeof wireVersion | undefined;
}

/** An {@link ExecutionRequest} as JSON, without the parts that cannot be sent. */
export type WireRequest = Wire<Omit<ExecutionRequest, 'artifactSink' | 'signal' | 'tools'>> & Versioned;
/** An {@link ExecutionResult} as JSON. */
export type WireResult = Wire<ExecutionResult> & Versioned;
/** An {@link ExecutionEvent} as JSON. */
export type WireEvent = Wire<ExecutionEvent> & Versioned;

const request = versioned(executionRequestSchema, 'refused');
const result = versioned(executionResultSchema, 'dropped');
const event = versioned(executionEventSchema, 'dropped');

/** Checks a {@link WireRequest}. Unknown fields are refused. */
export const wireRequestSchema: z.ZodType<WireRequest> = request.schema as z.ZodType<WireRequest>;
/** Checks a {@link WireResult}. Unknown fields are dropped, because a newer version may have added them. */
export const wireResultSchema: z.ZodType<WireResult> = result.schema as z.ZodType<WireResult>;
/** Checks a {@link WireEvent}. Unknown fields are dropped, because a newer version may have added them. */
export const wireEventSchema: z.ZodType<WireEvent> = event.schema as z.ZodType<WireEvent>;

/**
 * The wire form of a request. The reader checks the content of the request.
 * @throws {HotcellError} `INVALID_REQUEST` with the path of a part that cannot be sent: functions (host functions,
 * `artifactSink`), open streams, an AbortSignal. Whatever `store` throws.
 */
export async function encodeRequest(value: ExecutionRequest, options: WireOptions = {}): Promise<WireRequest> {
  return (await encode('request', value, request, options)) as WireRequest;
}

/**
 * The request in a message from anybody; defaults are not filled in.
 * @throws {HotcellError} `INVALID_REQUEST` with path and reason. Whatever `load` throws.
 */
export async function decodeRequest(wire: unknown, options: WireOptions = {}): Promise<ExecutionRequest> {
  return (await decode('request', wire, request, options)) as ExecutionRequest;
}

/**
 * The wire form of a result.
 * @throws Whatever `store` throws.
 */
export async function encodeResult(value: ExecutionResult, options: WireOptions = {}): Promise<WireResult> {
  return (await encode('result', value, result, options)) as WireResult;
}

/**
 * The result in a message.
 * @throws {HotcellError} `INVALID_REQUEST` with path and reason. Whatever `load` throws.
 */
export async function decodeResult(wire: unknown, options: WireOptions = {}): Promise<ExecutionResult> {
  return (await decode('result', wire, result, options)) as ExecutionResult;
}

/**
 * The wire form of an event.
 * @throws Whatever `store` throws.
 */
export async function encodeEvent(value: ExecutionEvent, options: WireOptions = {}): Promise<WireEvent> {
  return (await encode('event', value, event, options)) as WireEvent;
}

/**
 * The event in a message; `undefined` for a type that this version does not know and that readers should skip.
 * @throws {HotcellError} `INVALID_REQUEST` with path and reason. Whatever `load` throws.
 */
export async function decodeEvent(wire: unknown, options: WireOptions = {}): Promise<ExecutionEvent | undefined> {
  const type = typeof wire === 'object' && wire !== null && 'type' in wire ? wire.type : undefined;
  if (typeof type === 'string' && !eventTypes.has(type)) return undefined;
  return (await decode('event', wire, event, options)) as ExecutionEvent;
}

async function encode(what: string, value: unknown, { place }: Derived, options: WireOptions): Promise<unknown> {
  const encoded = await encodeValue(what, value, place, options);
  return { wireVersion, ...(encoded as object) };
}

async function decode(what: string, wire: unknown, derived: Derived, options: WireOptions): Promise<unknown> {
  const version = typeof wire === 'object' && wire !== null && 'wireVersion' in wire ? wire.wireVersion : undefined;
  if (version !== undefined && version !== wireVersion) {
    const message = `The ${what} cannot be read: its wireVersion is not ${wireVersion}, the one that this version of hotcell knows.`;
    throw new HotcellError('INVALID_REQUEST', message);
  }
  const { wireVersion: _, ...decoded } = (await decodeValue(what, wire, derived, options)) as Versioned;
  return decoded;
}

/** The derived form of a schema, with a field for its version. */
function versioned(schema: z.ZodType, unknown: UnknownFields): Derived {
  const { schema: derived, place } = deriveWire(schema, unknown);
  return { schema: withVersion(derived), place };
}

function withVersion(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodObject) return schema.safeExtend({ wireVersion: z.literal(wireVersion).optional() });
  const { options } = schema as z.ZodUnion<z.ZodType[]>;
  return schema.clone({ ...schema.def, options: options.map(withVersion) } as z.core.$ZodTypeDef);
}

const eventTypes: ReadonlySet<string> = new Set(
  (executionEventSchema as z.ZodType as z.ZodUnion<z.ZodObject<{ type: z.ZodLiteral | z.ZodEnum }>[]>).options.flatMap(
    ({ shape: { type } }) => (type instanceof z.ZodLiteral ? [...type.values] : type.options).map(String),
  ),
);
