import { z } from 'zod';
import { bytesSchema } from '../schema/bytes.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';
import type { Display } from './display.ts';

/** Checks a {@link Display}. In a separate file, because host processes start without zod. */
export const displaySchema: z.ZodType<Display> = z.strictObject({
  group: z.number().int().min(1),
  mediaType: z.string(),
  data: z.union([z.string(), bytesSchema]),
} satisfies ShapeOf<Display>);
