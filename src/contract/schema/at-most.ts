import { z } from 'zod';

/** The schema, once a list or record was found to have no more than `max` members: before that, none of them is looked at. */
export function atMost<Value>(max: number, message: string, schema: z.ZodType<Value, Value>): z.ZodType<Value, Value> {
  return z.custom<Value>((value) => countMembers(value) <= max, message).pipe(schema);
}

/** How many members a list or an object has; 0 of any other value. */
export function countMembers(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 0;
}
