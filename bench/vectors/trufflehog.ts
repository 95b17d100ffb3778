import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GoReader, tokensOf } from './go-source.ts';
import type { Vector } from './vector.ts';

/** Reads `input:` and `want:` from the tables in the detectors' tests of a checkout of trufflehog. */
export function readTrufflehog(folder: string): Vector[] {
  const detectors = join(folder, 'pkg/detectors');
  const tests = readdirSync(detectors, { recursive: true, encoding: 'utf8' });
  return tests
    .filter((name) => name.endsWith('_test.go') && !name.endsWith('_integration_test.go'))
    .flatMap((name) => readTable(name.split('/')[0] ?? name, readFileSync(join(detectors, name), 'utf8')));
}

function readTable(rule: string, source: string): Vector[] {
  const vectors: Vector[] = [];
  const tokens = tokensOf(source);
  const reader = new GoReader(tokens, {}, new Map());
  let input: string | undefined;
  while (reader.at < tokens.length) {
    const name = reader.take();
    if ((name !== 'input' && name !== 'want') || reader.next !== ':') continue;
    reader.take();
    const isNil = tokens[reader.at] === 'nil';
    const value = reader.expression();
    if (name === 'input') input = typeof value === 'string' ? value : undefined;
    else if (input !== undefined && (isNil || Array.isArray(value))) {
      const secrets = isNil ? [] : ([value].flat() as string[]).map((wanted) => secretPart(wanted, input ?? ''));
      vectors.push({ rule, text: input, secrets: [...new Set(secrets)] });
      input = undefined;
    }
  }
  return vectors;
}

/** Detectors join parts that belong together, such as `id:key`; uses the longest part that is in the text. */
function secretPart(wanted: string, text: string): string {
  if (text.includes(wanted)) return wanted;
  const parts = wanted.split(/[:;,|]/).filter((part) => text.includes(part));
  return parts.sort((one, other) => other.length - one.length)[0] ?? wanted;
}
