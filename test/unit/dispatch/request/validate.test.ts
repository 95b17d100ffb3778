import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HotcellError } from '../../../../src/contract/api/errors.ts';
import { validateRequest } from '../../../../src/dispatch/request/validate.ts';

const fine = { language: 'javascript', code: '1' };
const tool = { description: 'A tool.', input: z.any(), run: () => 1 };
const cyclic: { self?: unknown } = {};
cyclic.self = [cyclic];
const deep = JSON.parse('['.repeat(2_000) + ']'.repeat(2_000)) as unknown;
const throwing = {
  ...fine,
  get inputs(): never {
    throw new Error('boom');
  },
};

/** Invalid requests, and the expected message. */
const refused: readonly [what: string, request: unknown, says: RegExp][] = [
  ['nothing', undefined, /expected object/],
  ['a string', 'rm -rf /', /expected object/],
  ['an unknown key', { ...fine, netwrok: 'host' }, /netwrok/],
  ['an unknown limit', { ...fine, limits: { memory: 1 } }, /limits.*memory/],
  ['no code', { language: 'python' }, /code/],
  ['an unknown language', { ...fine, language: 'ruby' }, /language.*javascript/],
  ['code of 10 MB', { ...fine, code: 'x'.repeat(10_000_000) }, /code: must not be larger than 1048576 bytes/],
  ['code with a lone surrogate', { ...fine, code: '"\ud800"' }, /code: must be well-formed/],
  ['NaN as a limit', { ...fine, limits: { timeoutMs: Number.NaN } }, /limits\.timeoutMs/],
  ['a limit that is no number', { ...fine, limits: { timeoutMs: '5s' } }, /limits\.timeoutMs/],
  ['a fraction of a limit', { ...fine, limits: { memoryMb: 64.5 } }, /limits\.memoryMb: must be a whole number of MiB/],
  ['an absurd limit', { ...fine, limits: { memoryMb: 1e15 } }, /limits\.memoryMb/],
  ['a negative limit', { ...fine, limits: { timeoutMs: -1 } }, /limits\.timeoutMs/],
  ['NaN in the inputs', { ...fine, inputs: { a: [1, Number.NaN] } }, /inputs\.a\[1\] must be JSON, but is NaN/],
  ['a cycle in the inputs', { ...fine, inputs: cyclic }, /inputs\.self\[0\] must be JSON, but is cyclic/],
  ['a function in the inputs', { ...fine, inputs: { f: () => 1 } }, /inputs\.f must be JSON, but is a function/],
  ['a bigint in the inputs', { ...fine, inputs: 1n }, /inputs must be JSON, but is a bigint/],
  [
    'a Date in the inputs',
    { ...fine, inputs: { at: new Date() } },
    /inputs\.at must be JSON, but is an instance of Date/,
  ],
  ['a tool called __proto__', { ...fine, tools: JSON.parse('{"__proto__":{}}') }, /tools: must not have the name/],
  ['a tool called __class__', { ...fine, tools: { __class__: tool } }, /tools.*must not be "aio" or start with "__"/],
  ['a tool called aio', { ...fine, tools: { aio: tool } }, /tools.*must not be "aio"/],
  ['a tool with a space in its name', { ...fine, tools: { 'a b': tool } }, /tools.*must be 1 to 64 letters/],
  ['a tool that does nothing', { ...fine, tools: { a: { ...tool, run: 1 } } }, /tools\.a\.run: must be a function/],
  [
    'a tool without a schema',
    { ...fine, tools: { a: { ...tool, input: {} } } },
    /tools\.a\.input: must be a zod schema/,
  ],
  ['a tool with other keys', { ...fine, tools: { a: { ...tool, timeout: 1 } } }, /tools\.a.*timeout/],
  [
    'too many tools',
    { ...fine, tools: Object.fromEntries(Array.from({ length: 129 }, (_, n) => [`t${n}`, tool])) },
    /tools: must not hold more than 128 tools/,
  ],
  ['inputs that are too deep', { ...fine, inputs: deep }, /nested deeper than 500/],
  ['inputs that are too large', { ...fine, inputs: 'x'.repeat(17_000_000) }, /inputs must not be larger/],
  ['a request that throws when it is read', throwing, /cannot be read/],
  ['an absolute path', { ...fine, files: { '/etc/passwd': '' } }, /files.*relative/],
  ['a path that climbs', { ...fine, files: { 'a/../../b': '' } }, /files.*"\.\."/],
  ['a path with a null byte', { ...fine, files: { 'a\0b': '' } }, /files.*control characters/],
  ['a glob that climbs', { ...fine, collect: ['../**'] }, /collect/],
  ['a name with a control character', { ...fine, env: { 'A\nB': '1' } }, /env/],
  ['a reserved name', { ...fine, env: { HOTCELL_VALUE: 'x' } }, /HOTCELL_/],
  ['a value with a null byte', { ...fine, secrets: { A: 'x\0y' } }, /secrets\.A/],
  ['a tenant with a control character', { ...fine, tenant: 'a\u001b[31m' }, /tenant/],
  ['a network', { ...fine, network: 'host' }, /network/],
  ['a network without a list', { ...fine, network: {} }, /network\.allow: expected array/],
  [
    'an address in disguise',
    { ...fine, network: { allow: ['0x7f.1:80'] } },
    /network\.allow\.0: must have its address/,
  ],
  [
    'a header for a host that is not allowed',
    { ...fine, network: { allow: ['a.example:443'], inject: [{ host: 'b.example', header: 'X', secret: 's' }] } },
    /network\.inject\.0\.host: must be covered by allow/,
  ],
  [
    'a header for another port',
    { ...fine, network: { allow: ['a.example:80'], inject: [{ host: 'a.example', header: 'X', secret: 's' }] } },
    /must be covered by allow/,
  ],
  ['an unknown backend', { ...fine, backend: 'vm2' }, /backend/],
  ['a signal that is none', { ...fine, signal: {} }, /signal/],
];

describe('validation', () => {
  test.each(refused)('refuses %s with the path and the reason', (_, request, says) => {
    const refusal = catchError(() => validateRequest(request));
    expect(refusal).toBeInstanceOf(HotcellError);
    expect(refusal).toMatchObject({ code: 'INVALID_REQUEST', ran: 'no' });
    const { message } = refusal as HotcellError;
    expect(message).toMatch(says);
    expect(message).toMatch(/^The request is invalid: .*\.$/s);
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(message.length).toBeLessThan(1_200);
  });

  test('accepts a network whose headers go to allowed hosts', () => {
    const inject = ['a.example', 'b.a.example:8443'].map((host) => ({ host, header: 'X', secret: 'value' }));
    const network = { allow: ['a.example', '*.a.example:8443'], inject };
    expect(validateRequest({ ...fine, network }).network).toEqual(network);
  });

  test('never repeats the value of a secret', () => {
    const refusal = catchError(() =>
      validateRequest({ ...fine, secrets: { 'bad name': 'hunter2' }, env: { A: 5, B: 'hunter2' } }),
    );
    expect(String(refusal)).not.toContain('hunter2');
    const inject = [{ host: 'a.example', header: 'X', secret: 'hunter2\n' }];
    expect(String(catchError(() => validateRequest({ ...fine, network: { allow: [], inject } })))).not.toContain(
      'hunter2',
    );
  });

  test('fills in the defaults and serialises the inputs once', () => {
    expect(validateRequest({ ...fine, inputs: { a: undefined, b: [1, null, 'x'] } })).toMatchObject({
      mode: 'script',
      isolation: 'fresh',
      network: 'none',
      collect: ['output/**'],
      inputsJson: '{"b":[1,null,"x"]}',
    });
    expect(validateRequest(fine).inputsJson).toBe('null');
  });
});

function catchError(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}
