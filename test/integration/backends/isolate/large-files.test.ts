/** Files that are large compared to `memoryMb`: passing them must not use memory of the guest for a second copy. */
import { createHash } from 'node:crypto';
import { createEngine } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

const engine = createEngine({ docker: false, routes: { python: 'wasm', bash: 'wasm', javascript: 'isolate' } });
afterAll(() => engine.close());

const mebibyte = 1_048_576;
const bytes = 30 * mebibyte + 7;
const content = new Uint8Array(bytes);
for (let at = 0; at < bytes; at += 1) content[at] = (at * 7 + (at >> 13)) & 255;
const hash = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');
const limits = { memoryMb: 64, diskMb: 128, fileMb: 32, timeoutMs: 60_000 };

const cases = [
  {
    language: 'python',
    measure: 'import os\nos.path.getsize("big.bin")',
    make: `with open("made.bin", "wb") as file:\n  for n in range(20): file.write(bytes([n]) * ${mebibyte})`,
  },
  {
    language: 'bash',
    measure: 'stat -c %s big.bin > "$HOTCELL_VALUE"',
    make: `x=$(printf '%0${mebibyte}d' 0); for ((n = 0; n < 20; n += 1)); do printf %s "$x" >> made.bin; done`,
  },
  {
    language: 'javascript',
    measure: 'context.files.readBytes("big.bin").length',
    make: `context.files.write("made.bin", new Uint8Array(20 * ${mebibyte}).fill(7))`,
  },
] as const;

describe.each(cases)('$language with 64 MiB of memory', ({ language, measure, make }) => {
  test('gets a file of 30 MiB and hands it over, byte for byte', async () => {
    const files = { 'big.bin': content };
    const result = await engine.execute({ language, code: measure, files, collect: ['*.bin'], limits });
    expect([result.status, result.error?.message, result.value]).toEqual(['success', undefined, bytes]);
    expect(result.artifacts.map((artifact) => [artifact.path, hash(artifact.content ?? '')])).toEqual([
      ['big.bin', hash(content)],
    ]);
  });

  test('hands over a file of 20 MiB that it made', async () => {
    const result = await engine.execute({ language, code: make, collect: ['*.bin'], limits });
    expect([result.status, result.error?.message]).toEqual(['success', undefined]);
    expect(result.artifacts.map((artifact) => [artifact.path, artifact.content?.length])).toEqual([
      ['made.bin', 20 * mebibyte],
    ]);
    expect(result.truncated).toMatchObject({ artifacts: 0 });
  });
});

test.each([
  ['python', `with open("made.bin", "wb") as file:\n  for n in range(50): file.write(bytes([n]) * ${mebibyte})`],
  ['javascript', `globalThis.kept = new Uint8Array(40 * ${mebibyte}); context.files.write("made.bin", kept)`],
] as const)('a file of %s that there is no memory for ends the call as memory_limit', async (language, code) => {
  const result = await engine.execute({ language, code, collect: ['*.bin'], limits: { ...limits, fileMb: 64 } });
  expect([result.status, result.error?.code]).toEqual(['memory_limit', 'MEMORY_LIMIT']);
});

test.each(['python', 'bash'] as const)(
  'a file of %s that is larger than fileMb is counted as dropped',
  async (language) => {
    const code = language === 'bash' ? ':' : '0';
    const files = { 'big.bin': content.subarray(0, 3 * mebibyte), 'small.txt': 'x' };
    const result = await engine.execute({ language, code, files, collect: ['*'], limits: { ...limits, fileMb: 2 } });
    expect([result.status, result.artifacts.map(({ path }) => path), result.truncated.artifacts]).toEqual([
      'success',
      ['small.txt'],
      1,
    ]);
  },
);
