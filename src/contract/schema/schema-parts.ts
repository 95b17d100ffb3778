import { z } from 'zod';
import type { JsonValue } from './json.ts';

/** Checks a guest's JSON. `contract/wire` knows it by identity, and does not look into it. */
export const jsonValueSchema: z.ZodType<JsonValue, JsonValue> = z.json() as z.ZodType<JsonValue, JsonValue>;

/**
 * The shape that an object schema of `T` must have. `satisfies ShapeOf<T>` fails to compile when a field of `T` has no
 * schema; a type annotation alone does not notice a forgotten optional field.
 */
export type ShapeOf<T> = { readonly [Key in keyof T]-?: z.ZodType };
