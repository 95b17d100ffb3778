import { z } from 'zod';

/** The schema, once a list or an object was found to have no more than `max` members: before that, none of them is looked at. */
export function atMost<Output, Input = Output>(
  max: number,
  message: string,
  schema: z.ZodType<Output, Input>,
): z.ZodType<Output, Input> {
  return z.custom<Input>((value) => !hasMoreMembers(value, max), message).pipe(schema);
}

/** Whether a list or an object has more than `max` members; no other value has any. */
export function hasMoreMembers(value: unknown, max: number): boolean {
  if (Array.isArray(value)) return value.length > max;
  if (typeof value !== 'object' || value === null) return false;
  let count = 0;
  for (const _ in value) {
    count += 1;
    if (count > max) return true;
  }
  return false;
}
