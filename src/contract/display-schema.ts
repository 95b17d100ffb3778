import { z } from 'zod';
import { bytesSchema } from './bytes.ts';
import type { Display } from './display.ts';
import type { ShapeOf } from './schema-parts.ts';

/** Checks a {@link Display}. Apart from it, because host processes start without zod. */
export const displaySchema: z.ZodType<Display> = z.strictObject({
  group: z.number().int().min(1),
  mediaType: z.string(),
  data: z.union([z.string(), bytesSchema]),
} satisfies ShapeOf<Display>);
