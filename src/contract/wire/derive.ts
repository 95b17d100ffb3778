import { z } from 'zod';
import { bytesSchema } from '../schema/bytes.ts';
import { jsonValueSchema } from '../schema/schema-parts.ts';
import { wireBytesSchema } from './wire-bytes.ts';

/**
 * Marks where a value holds bytes (or text instead) and where it holds a user's JSON, which is not looked into.
 * `undefined`: nowhere in it.
 */
export type Place =
  | 'bytes'
  | 'json'
  | { readonly each: Place }
  | { readonly fields: ReadonlyMap<string, Place> }
  | undefined;

/** The wire form of a schema. */
export interface Derived {
  /** Checks the wire form, before content is put in. */
  readonly schema: z.ZodType;
  readonly place: Place;
}

/** What happens to fields that a schema does not have. */
export type UnknownFields = 'refused' | 'dropped';

/**
 * Derives the wire form of a schema: bytes become {@link wireBytesSchema}, values that cannot be sent (functions,
 * streams, signals) are refused, and defaults are left to the reader. New fields of a schema get their wire form
 * automatically; an unknown kind of schema throws when the package is loaded.
 */
export function deriveWire(schema: z.ZodType, unknown: UnknownFields): Derived {
  const derive = (inner: unknown): Derived => deriveWire(inner as z.ZodType, unknown);
  if (schema === bytesSchema) return { schema: derive(wireBytesSchema).schema, place: 'bytes' };
  if (schema === jsonValueSchema || schema instanceof z.ZodUnknown) return { schema: z.unknown(), place: 'json' };
  if (schema instanceof z.ZodCustom) return { schema: unsendable, place: undefined };
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    const inner = derive(schema.unwrap());
    return { schema: inner.schema.optional(), place: inner.place };
  }
  if (schema instanceof z.ZodArray) {
    const { schema: element, place } = derive(schema.element);
    return { schema: altered(schema, { element }), place: place && { each: place } };
  }
  if (schema instanceof z.ZodRecord) {
    const { schema: valueType, place } = derive(schema.valueType);
    return { schema: altered(schema, { valueType }), place: place && { each: place } };
  }
  if (schema instanceof z.ZodPipe) {
    // A value that its check transforms (a stream) is sent in its original form.
    if (schema.out instanceof z.ZodTransform) return derive(schema.in);
    const { schema: out, place } = derive(schema.out);
    return { schema: altered(schema, { out }), place };
  }
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape).map(([name, field]) => [name, derive(field)] as const);
    const shape = Object.fromEntries(fields.map(([name, field]) => [name, field.schema]));
    const places = new Map(fields.flatMap(([name, { place }]) => (place ? [[name, place] as const] : [])));
    const catchall = unknown === 'refused' ? schema.def.catchall : undefined;
    return { schema: altered(schema, { shape, catchall }), place: places.size > 0 ? { fields: places } : undefined };
  }
  if (schema instanceof z.ZodUnion) {
    const options = schema.options.map(derive).filter((option) => option.schema !== unsendable);
    const place = options.map((option) => option.place).reduce(merge, undefined);
    const schemas = options.map((option) => option.schema);
    const [first] = schemas;
    return { schema: schemas.length === 1 && first ? first : altered(schema, { options: schemas }), place };
  }
  if (leaves.has(schema.type)) return { schema, place: undefined };
  throw new Error(`contract/wire knows no wire form for a schema of type ${schema.type}`);
}

const unsendable: z.ZodType = z.never('cannot be sent');
const leaves: ReadonlySet<string> = new Set(['boolean', 'enum', 'literal', 'never', 'null', 'number', 'string']);

/** The same schema with its checks, and with other parts. */
function altered(schema: z.ZodType, parts: Readonly<Record<string, unknown>>): z.ZodType {
  return schema.clone({ ...schema.def, ...parts } as z.core.$ZodTypeDef);
}

/** Merges the places of two forms of one value. */
function merge(one: Place, other: Place): Place {
  if (one === undefined || one === other) return other;
  if (other === undefined) return one;
  if (typeof one === 'object' && typeof other === 'object' && 'fields' in one && 'fields' in other) {
    const fields = new Map(one.fields);
    for (const [name, place] of other.fields) fields.set(name, merge(fields.get(name), place));
    return { fields };
  }
  throw new Error('contract/wire cannot tell two forms of one value apart');
}
