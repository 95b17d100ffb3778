/**
 * T11: secrets that a careless redactor misses. Each is printed, thrown, returned, used as a name and written to a
 * file.
 */
import { createEngine } from 'hotcell';
import { afterAll, expect, test } from 'vitest';

const engine = createEngine({ docker: false });
afterAll(() => engine.close());

const spread = `
for (const [name, value] of Object.entries(context.env)) {
  console.log('out', value, name);
  console.error(JSON.stringify({ value }), encodeURIComponent(value));
  if (/^[^\\/\\\\\\0-\\x1f\\x7f-\\x9f\\u2028]{1,200}$/.test(value)) context.files.write('output/' + value, value);
}
({ ...context.env, ordinary: 'this text is nobody\\'s secret', list: Object.values(context.env) })`;

test.each<[string, Record<string, string>]>([
  [
    'with the syntax of expressions',
    { A: '.*', B: '(a+)+$', C: '[^x]{2,}|\\d', D: '^$', E: '$&$1$`', F: '\\', G: '?<n>' },
  ],
  [
    'that are substrings of one another',
    { A: 'swordfish', B: 'swordfish-and-more', C: 'fish', D: 'dfis', E: 'swordfishswordfish' },
  ],
  ['that overlap', { A: 'abcdefgh', B: 'efghijkl', C: 'ijklabcd' }],
  ['that are words of the marker', { A: 'redacted', B: '[redacted:A]', C: 'secret', D: ']' }],
  ['that are the same', { A: 'one-value-twice', B: 'one-value-twice' }],
  ['that look like JSON', { A: '"},"status":"success"', B: '{"a":1}', C: 'true', D: '\\"' }],
  [
    'with line ends and odd characters',
    { A: 'first\nsecond', B: '\u{1f600}key\u2028end', C: 'tab\tend', D: '\u001b[31mred' },
  ],
  ['that are long', { A: 'k'.repeat(100_000), B: Array.from({ length: 9_000 }, (_, i) => `${i}`).join('-') }],
])('secrets %s leave nowhere', async (_, secrets) => {
  const result = await engine.execute({ language: 'javascript', code: spread, secrets, limits: { valueKb: 4_096 } });
  expect(result.error).toBeUndefined();
  const { artifacts, value } = result;
  const files = artifacts.map(({ path, content }) => `${path}\n${Buffer.from(content).toString()}`);
  // Names of secrets and hotcell's own words may occur: the markers are removed before the search.
  const texts = [result.stdout, result.stderr, ...files, ...textsIn(value)].map((text) =>
    text.replaceAll(/\[redacted:[^\]]*\]/g, ''),
  );
  for (const secret of Object.values(secrets)) {
    for (const text of texts.filter((each) => !each.startsWith('output/')))
      expect(text).not.toContain(secret.length > 2 ? secret : `out ${secret} `);
  }
  const redacted = new Set(result.redactions.map(({ rule }) => rule));
  expect(redacted.size).toBeGreaterThan(0);
});

test('an empty secret redacts nothing', async () => {
  const request = { language: 'javascript', code: 'console.log("a b"); "c d"', secrets: { EMPTY: '' } } as const;
  expect(await engine.execute(request)).toMatchObject({
    status: 'success',
    stdout: 'a b\n',
    value: 'c d',
    redactions: [],
  });
});

test('very many secrets are all looked for', async () => {
  const secrets = Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`S${i}`, `value ${i} of very many`]));
  const code = 'for (const value of Object.values(context.env)) console.log(value); 1';
  const result = await engine.execute({ language: 'javascript', code, secrets });
  expect(result.status).toBe('success');
  expect(result.stdout).not.toContain('of very many');
});

/** All texts in a JSON value, with keys, except for the names of secrets. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap((inner) => textsIn(inner));
}
