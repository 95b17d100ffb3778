/**
 * Random secrets in random encodings and nestings, cut at random places: none may show. `npm test` makes a fixed number
 * of runs; HOTCELL_REDACTION_RUNS=1000000 is the full test. A failure prints its seed, and HOTCELL_REDACTION_SEED
 * repeats that run alone.
 */
import { expect, test } from 'vitest';
import { createRedactor, type Redactor } from '../../../src/redaction/redactor.ts';
import { encodings, nestings } from './encodings.ts';

const runs = Number(process.env.HOTCELL_REDACTION_RUNS ?? 10_000);
const firstSeed = Number(process.env.HOTCELL_REDACTION_SEED ?? 1);
/** Number of texts for one redactor. */
const textsOfOne = 20;
const markers = /\[redacted:S\d\]/;

const alphabet = [...'abcdefXYZ0123456789-_.~!*\'()"\\/+=&<>%$^|{}?#@:; \n\t', 'é', 'ß', '日', '\u{1f511}', '\u2028'];
const fillers = [
  '',
  ' ',
  '\n',
  'log: ',
  '{"a": ',
  'é\u{1f600}',
  'YWJj',
  '6162',
  '%20',
  '\\u0061',
  '-----',
  'abcdef',
  '==\r\n',
];
const ways = [...Object.keys(encodings).map((name) => [name, 'plain'] as const), ...nestings];

/** Mulberry32: small, fast, the same on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function pick<Item>(random: (below: number) => number, items: readonly Item[]): Item {
  return items[random(items.length)] as Item;
}

function randomSecret(random: (below: number) => number): string {
  for (;;) {
    const text = Array.from({ length: 6 + random(34) }, () => pick(random, alphabet)).join('');
    // A text of mostly white space is not a secret, and its encodings may occur by chance.
    if (text.trim().length >= 6) return text;
  }
}

/**
 * The middle of an encoded text, because its ends may share characters with their neighbours. Shorter texts occur by
 * chance.
 */
function coreOf(encoded: string): string {
  const length = Math.max(8, encoded.length - 8);
  const start = Math.max(0, Math.floor((encoded.length - length) / 2));
  return encoded.slice(start, start + length);
}

function tryOne(redactor: Redactor, secrets: readonly string[], random: (below: number) => number): string | undefined {
  const mentions = Array.from({ length: 1 + random(3) }, () => {
    const [outer, inner] = pick(random, ways);
    const encoded = encodings[outer]?.(encodings[inner]?.(pick(random, secrets)) ?? '') ?? '';
    return { way: `${outer} of ${inner}`, encoded, text: pick(random, fillers) + encoded + pick(random, fillers) };
  });
  const text = mentions.map((mention) => mention.text).join(pick(random, [' ', '\n', '"', '<']));
  const stream = redactor.stream('stdout');
  const longest = pick(random, [1, 2, 5, 17, 60, 400]);
  let shown = '';
  for (let index = 0; index < text.length; ) {
    const length = 1 + random(longest);
    shown += stream.push(text.slice(index, index + length));
    index += length;
  }
  shown += stream.end();

  if (shown !== redactor.text('stdout', text)) return 'the pieces matter';
  const parts = shown.split(markers);
  if (parts.length === 1) return `nothing was found of ${mentions.map(({ way }) => way).join(', ')}`;
  const leak = mentions.find(({ encoded }) => parts.some((part) => part.includes(coreOf(encoded))));
  if (leak) return `${leak.way} came through`;
  const plain = secrets.find((secret) => parts.some((part) => part.includes(secret)));
  return plain === undefined ? undefined : 'a secret came through as it is';
}

test(`nothing leaks in ${runs} runs`, { timeout: 3_600_000 }, () => {
  const only = process.env.HOTCELL_REDACTION_SEED !== undefined;
  const failures: string[] = [];
  for (let run = 0, seed = firstSeed; run < (only ? 1 : runs) && failures.length < 5; run += textsOfOne, seed += 1) {
    const random = randomFrom(seed);
    const secrets = Array.from({ length: 1 + random(3) }, () => randomSecret(random));
    const named = Object.fromEntries(secrets.map((secret, index) => [`S${index}`, secret]));
    const redactor = createRedactor(named, { rules: false });
    for (let text = 0; text < textsOfOne; text += 1) {
      const failure = tryOne(redactor, secrets, random);
      if (failure !== undefined) failures.push(`seed ${seed}, text ${text}: ${failure}: ${JSON.stringify(secrets)}`);
    }
  }
  expect(failures).toEqual([]);
});
