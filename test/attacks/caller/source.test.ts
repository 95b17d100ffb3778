/** T2 and T12: unusual code: far too long, on one line, with ends and bytes on which parsers differ. */
import { createEngine } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

const engine = createEngine({ docker: false });
afterAll(() => engine.close());

test.each(['javascript', 'typescript', 'python', 'bash'] as const)(
  '10 MB on one line never run, in %s',
  async (language) => {
    const result = await engine.execute({ language, code: `#${'x'.repeat(10_000_000)}` });
    expect(result).toMatchObject({
      status: 'validation_error',
      error: { ran: 'no', message: expect.stringContaining('code') as string },
    });
  },
);

/** Source → its value, or `undefined` if it must end as the guest's error. All run through each way of compiling. */
const sources: readonly [what: string, code: string, value: unknown][] = [
  ['a line of a megabyte', `"${'x'.repeat(1_000_000)}".length`, 1_000_000],
  ['a megabyte of lines', `${'\n'.repeat(1_000_000)}7`, 7],
  ['100 000 statements', `${'1;'.repeat(100_000)}7`, 7],
  ['carriage returns alone', 'let a = 1\r\ra + 1 // x\r', 2],
  ['line separators', 'let a = 1\u2028a + 1 // x\u2029', 2],
  ['a mark of byte order', '\ufefflet a = 3; a', 3],
  ['a hashbang', '#!/usr/bin/env node --eval=1\n8', 8],
  ['a null byte in a text', '"a\0b".length', 3],
  ['null bytes', '1\0;', undefined],
  ['an open comment', '1 /* never closed', undefined],
  ['an end that closes the wrapper', '1}); console.log("BREACH"); (() => {', undefined],
  ['an end in a comment', '9 //', 9],
  ['an end in a comment of HTML', 'let b = 9\n--> end', undefined],
  ['a name that is the wrapper’s own', 'typeof $exports', 'undefined'],
  ['a deep nest', `${'('.repeat(100_000)}1${')'.repeat(100_000)}`, undefined],
  ['a deep template', `${'`${'.repeat(2_000)}1${'}`'.repeat(2_000)}`, undefined],
  ['a name of half a megabyte', `var ${'n'.repeat(500_000)} = 4; 4`, 4],
  ['escapes in names', 'var \\u{61}b = 5; \\u0061b', 5],
  ['nothing', '', undefined],
];

describe.each(['plain', 'with await'])('%s', (way) => {
  test.each(sources)('%s', async (_, code, value) => {
    // The comment makes hotcell parse and wrap the code; the hashbang and the byte order mark must stay in front.
    const source = way === 'plain' ? code : `${code}\n/* await */`;
    const result = await engine.execute({ language: 'javascript', code: source, limits: { timeoutMs: 8_000 } });
    expect(result.stdout).not.toContain('BREACH');
    expect(['success', 'error']).toContain(result.status);
    if (value !== undefined) expect(result.value, result.error?.message).toEqual(value);
    if (value === undefined && result.status === 'error') expect(result.error?.code).toBe('GUEST_ERROR');
  });
});

const many = (count: number, make: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => make(index)).join('');
/**
 * Code that would keep a careless parser, or a careless reader of stacks, busy for minutes on the host's own thread.
 */
const slow: readonly [what: string, code: string][] = [
  ['90 000 names declared', `await 1; ${many(90_000, (i) => `let a${i};`)}`],
  ['90 000 labels', `await 1; ${many(120_000, (i) => `a${i}:`)} 1`],
  ['groups of one name in 100 000 branches', `await 1; /${many(100_000, () => '(?<a>)|')}/; 1`],
  ['100 000 imports', `${many(80_000, () => 'import(1);')}throw new Error('x')`],
  ['a nest of functions', `await 1; ${many(3_000, () => '(()=>{')}${many(3_000, () => '})()')}`],
  [
    'frames at the end of a million lines',
    `const e = new Error('x'); e.stack = 'Error: x\\n' + '    at main.js:999990:1\\n'.repeat(3_000); throw e;${'\n'.repeat(1_000_000)}/* await */`,
  ],
];

test.each(slow)('%s: the host process lives, and the next call is answered', async (_, code) => {
  const result = await engine.execute({ language: 'javascript', code, limits: { timeoutMs: 8_000 } });
  expect(['success', 'error', 'timeout'], result.error?.message).toContain(result.status);
  expect(await engine.execute({ language: 'javascript', code: '1' })).toMatchObject({ value: 1 });
});

test('text that is not well-formed is refused', async () => {
  expect(await engine.execute({ language: 'javascript', code: '"\ud800"' })).toMatchObject({
    status: 'validation_error',
  });
});
