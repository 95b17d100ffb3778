import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../../src', import.meta.url));
/** What runs inside a realm has a separate realm: neither the engine's signals nor its errors. */
const isOfRealm = (file: string): boolean => /(^|\/)realm\//.test(file);
const files = globSync('**/*.ts', { cwd: source }).filter((file) => !isOfRealm(file));

function filesWith(pattern: RegExp): string[] {
  return files.filter((file) => pattern.test(readFileSync(`${source}/${file}`, 'utf8'))).sort();
}

test('one function follows the abort of a signal', () => {
  // `lend-signal.ts` replaces these methods on its own signal.
  expect(filesWith(/(add|remove)(EventListener|AbortListener)\b/)).toEqual([
    'support/lend-signal.ts',
    'support/when-aborted.ts',
  ]);
});

test('one function makes a text of what was thrown', () => {
  expect(filesWith(/\?\s*\w+\.message\s*:\s*String\(/)).toEqual([]);
});

test('one function creates, attaches to and starts containers', () => {
  expect(filesWith(/\bclient\s*\.(createContainer|attach|start)\(/)).toEqual([
    'backends/docker/daemon/start-container.ts',
  ]);
});

test('one module builds images', () => {
  expect(filesWith(/\bensureImage\(/)).toEqual([
    'backends/docker/images/image-store.ts',
    'backends/docker/images/images.ts',
    'backends/docker/prepare.ts',
  ]);
});
