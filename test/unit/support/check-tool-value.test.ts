import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkToolAnswer, checkToolInput } from '../../../src/support/check-tool-value.ts';

const { signal } = new AbortController();
const maxBytes = 1_024;

describe('the input of a tool', () => {
  test.each([
    ['that fits comes back as parsed', z.object({ a: z.number().default(7) }), {}, { data: { a: 7 } }],
    [
      'that does not fit has a reason with its path',
      z.object({ a: z.number() }),
      { a: 'x' },
      { reason: 'a: expected number, received string' },
    ],
    [
      'is awaited',
      z.number().refine((n) => Promise.resolve(n > 1), 'must be above 1'),
      1,
      { reason: 'must be above 1' },
    ],
    [
      'whose schema throws is refused',
      z.any().transform(() => {
        throw new Error('no');
      }),
      1,
      { reason: 'it cannot be checked (no)' },
    ],
  ])('%s', async (_, schema, input, checked) => {
    expect(await checkToolInput(schema, input, signal)).toEqual(checked);
  });

  test('is not waited for once the signal is aborted', async () => {
    const abort = new AbortController();
    const hangs = z.any().refine(() => new Promise<boolean>(() => undefined));
    const checked = checkToolInput(hangs, 1, abort.signal);
    abort.abort(new Error('over'));
    await expect(checked).rejects.toThrow('over');
  });
});

describe('the answer of a tool', () => {
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);
  test.each<[string, z.ZodType | undefined, unknown, unknown]>([
    ['without a schema is any JSON', undefined, { a: [1, null] }, { data: { a: [1, null] } }],
    ['that is undefined is null', undefined, undefined, { data: null }],
    [
      'that the schema does not take is refused',
      z.number(),
      'x',
      { reason: 'expected number, received string', isTooLong: false },
    ],
    [
      'that the schema makes no JSON is refused',
      z.any().transform(() => new Map()),
      1,
      { reason: 'it must be JSON, but is an instance of Map', isTooLong: false },
    ],
    ['that is cyclic is refused', undefined, cyclic, { reason: 'it[0] must be JSON, but is cyclic', isTooLong: false }],
    [
      'that is too long is refused as such',
      undefined,
      'x'.repeat(2_000),
      { reason: 'it must not be larger than 1024 bytes as JSON', isTooLong: true },
    ],
  ])('%s', async (_, schema, answer, checked) => {
    expect(await checkToolAnswer(schema, answer, maxBytes, signal)).toEqual(checked);
  });

  test('is a copy', async () => {
    const answer = { a: [1] };
    const { data } = (await checkToolAnswer(undefined, answer, maxBytes, signal)) as { data: unknown };
    expect(data).toEqual(answer);
    expect(data).not.toBe(answer);
  });
});
