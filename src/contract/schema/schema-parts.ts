import { z } from 'zod';
import type { JsonValue } from './json.ts';

/** Checks a guest's JSON. `contract/wire` recognises it by identity and does not look inside. */
export const jsonValueSchema: z.ZodType<JsonValue, JsonValue> = z.json() as z.ZodType<JsonValue, JsonValue>;

/**
 * The shape that an object schema of `T` must have. `satisfies ShapeOf<T>` fails to compile if a field of `T` has no
 * schema; a type annotation alone would miss optional fields.
 */
export type ShapeOf<T> = { readonly [Key in keyof T]-?: z.ZodType };
