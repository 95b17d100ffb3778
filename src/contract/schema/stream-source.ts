import { z } from 'zod';

const ignore = (): void => undefined;

/**
 * Checks a stream of text or bytes. If a Node stream failed while its call waits for a place, its unhandled error would
 * end the process; so this adds a listener. The later reader still gets the failure.
 */
export const streamSchema: z.ZodType<AsyncIterable<string | Uint8Array>, AsyncIterable<string | Uint8Array>> = z
  .custom<AsyncIterable<string | Uint8Array>>(
    (value) => typeof value === 'object' && value !== null && Symbol.asyncIterator in value,
    'must be text, a Uint8Array or an async iterable of them',
  )
  .transform((stream) => {
    const { on } = stream as { on?: unknown };
    if (typeof on === 'function') on.call(stream, 'error', ignore);
    return stream;
  });
