/**
 * File names that cells need themselves, or that no disk can hold together, are refused in the same way by all
 * backends.
 */
import { createEngine, type HotcellError, type Language } from 'hotcell';
import { afterAll, describe, expect, test } from 'vitest';

const engine = createEngine();
afterAll(() => engine.close());

const homes: readonly (readonly [backend: 'isolate' | 'docker' | 'wasm', language: Language])[] = [
  ['isolate', 'javascript'],
  ['docker', 'python'],
  ['docker', 'bash'],
  ['wasm', 'python'],
  ['wasm', 'bash'],
];
const refused: readonly (readonly [files: Record<string, string>, says: string])[] = [
  [{ '.tmp': 'x' }, '".tmp" is in a folder that the cell needs itself'],
  [{ '.tmp/a': 'x' }, '".tmp/a" is in a folder that the cell needs itself'],
  [{ '.hotcell': 'x' }, '".hotcell" is in a folder that the cell needs itself'],
  [{ '.hotcell/inputs.json/x': 'x' }, '".hotcell/inputs.json/x" is in a folder that the cell needs itself'],
  [{ a: 'x', 'a/b': 'x' }, '"a" cannot be a file and a folder'],
  [{ 'a/b/c': 'x', 'a/b': 'x' }, '"a/b" cannot be a file and a folder'],
  [{ 'a/': 'x' }, 'must not contain empty parts'],
  [{ './a': 'x' }, 'must not contain empty parts'],
  [{ '\ud800': 'x' }, 'must be well-formed Unicode'],
];

describe.each(homes)('%s, %s', (backend, language) => {
  test('a call with such a file is refused with its name, and nothing ran', async () => {
    for (const [files, says] of refused) {
      const result = await engine.execute({ language, backend, code: '', files });
      const message = expect.stringContaining(says) as string;
      expect(result).toMatchObject({
        status: 'validation_error',
        error: { code: 'INVALID_REQUEST', ran: 'no', message },
      });
    }
  });

  test('a session refuses it in its calls and its files, and continues', async () => {
    for (const [files, says] of refused) {
      const opening = engine.openSession({ language, backend, files });
      await expect(opening).rejects.toMatchObject({ code: 'INVALID_REQUEST' } satisfies Partial<HotcellError>);
      await expect(opening).rejects.toThrow(says);
    }
    await using session = await engine.openSession({ language, backend });
    for (const [files, says] of refused) {
      const result = await session.execute({ code: '', files });
      expect(result.error?.message).toContain(says);
      const [path = ''] = Object.keys(files);
      if (Object.keys(files).length === 1) await expect(session.files.write(path, 'x')).rejects.toThrow(says);
    }
    await session.files.write('fine', 'x');
    expect(await session.files.list()).toEqual([{ path: 'fine', bytes: 1 }]);
  });
});
