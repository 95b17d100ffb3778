import { Readable } from 'node:stream';
import { defineTool, type HostFunction, HotcellError, hostFunction } from 'hotcell';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

const tool = {
  name: 'add',
  description: 'Adds.',
  input: z.object({ a: z.number() }),
  language: 'javascript',
  code: 'export default ({ a }) => a',
} as const;
const price = { description: 'A price.', input: z.object({ of: z.string() }), run: () => 450 };

function refusal(define: () => unknown): string {
  try {
    define();
  } catch (error) {
    expect(error).toBeInstanceOf(HotcellError);
    expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
    return (error as HotcellError).message;
  }
  throw new Error('it was not refused');
}

describe('defineTool', () => {
  test.each([
    [{ name: 'no good' }, 'name: must be 1 to 64 letters'],
    [{ version: 'latest' }, 'version: must be a semantic version such as 1.0.0'],
    [{ descripton: 'x' }, '"descripton" is unknown; the nearest name is "description"'],
    [{ mode: 'script' }, '"mode" is unknown'],
    [{ limits: { timeoutMs: 0 } }, 'limits.timeoutMs: must be a whole number of milliseconds from 1 to 86400000'],
    [{ limits: { timeout: 5 } }, 'limits: "timeout" is unknown; the nearest name is "timeoutMs"'],
    [{ env: { 'NOT A NAME': '1' } }, 'env.NOT A NAME: must be a name of letters'],
    [{ secrets: { HOTCELL_X: '1' } }, 'secrets.HOTCELL_X: must not start with HOTCELL_'],
    [{ files: { '../x': '' } }, 'files.../x: must not contain'],
    [{ files: { 'a.txt': Readable.from(['x']) } }, 'files.a.txt: must be text or a Uint8Array'],
    [{ tools: { price: { ...price, maxCalls: 0 } } }, 'tools.price.maxCalls: must be a whole number from 1'],
    [{ network: { allow: ['a b'] } }, 'network.allow.0:'],
    [{ image: 'python-data' }, 'image: is only for Python'],
    [{ language: 'cobol' }, 'language:'],
    [{ code: '' }, 'code: must not be empty'],
    [{ input: {} }, 'input: must be a zod schema'],
  ])('refuses %o where it is written', (part, message) => {
    expect(refusal(() => defineTool({ ...tool, ...(part as object) }))).toContain(
      `The tool cannot be defined: ${message}`,
    );
  });

  test('gives a frozen copy with all parts, which can be defined again', () => {
    const limits = { timeoutMs: 500 };
    const parts = { limits, env: { A: '1' }, files: { 'a.txt': 'x' }, tools: { price }, network: 'none' } as const;
    const defined = defineTool({ ...tool, ...parts });
    limits.timeoutMs = 0;
    expect(defined).toMatchObject({ ...parts, limits: { timeoutMs: 500 }, version: '1.0.0', input: tool.input });
    expect(Object.isFrozen(defined)).toBe(true);
    expect(defineTool({ ...defined, name: 'other' })).toEqual({ ...defined, name: 'other' });
  });
});

describe('hostFunction', () => {
  test.each([
    [{ maxCalls: 0 }, 'maxCalls: must be a whole number from 1 to 1048576'],
    [{ timeoutMs: 0.5 }, 'timeoutMs: must be a whole number from 1 to 86400000'],
    [{ timeout: 5 }, '"timeout" is unknown; the nearest name is "timeoutMs"'],
    [{ description: '' }, 'description:'],
    [{ run: 'x' }, 'run: must be a function'],
    [{ input: {} }, 'input: must be a zod schema'],
  ])('refuses %o where it is written', (part, message) => {
    const define = () => hostFunction({ ...price, ...part } as unknown as HostFunction);
    expect(refusal(define)).toContain(`The host function cannot be defined: ${message}`);
  });

  test('gives a frozen copy', () => {
    const given = { ...price, maxCalls: 3 };
    const defined = hostFunction(given);
    given.maxCalls = 0;
    expect(defined).toMatchObject({ description: 'A price.', maxCalls: 3, input: price.input });
    expect(Object.isFrozen(defined)).toBe(true);
  });
});
