import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { HotcellError } from '../../../src/contract/api/errors.ts';
import { readEngineOptions } from '../../../src/options/engine-options.ts';
import { defineTool } from '../../../src/tools/define-tool.ts';

const page = readFileSync(fileURLToPath(new URL('../../../docs/options.md', import.meta.url)), 'utf8');

/** The rows of the page's tables of options. */
const rows = [...page.matchAll(/^\| `([a-zA-Z.]+)` \| ([^|]+) \|/gm)].map(([, path = '', values = '']) => ({
  path,
  values,
}));
const ranges = rows.flatMap(({ path, values }) => {
  const [, part, least = '', most = ''] = /^(a number from )?([\d.]+) to ([\d ]+)$/.exec(values) ?? [];
  if (least === '') return [];
  return [{ path, isWhole: part === undefined, least: Number(least), most: Number(most.replaceAll(' ', '')) }];
});
const choices = rows.flatMap(({ path, values }) => {
  const names = [...values.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
  return names.length === 0 ? [] : [{ path, names }];
});

/** Options in which one has a value. */
function withOption(path: string, value: unknown): unknown {
  return path.split('.').reduceRight((inner, name) => ({ [name]: inner }), value);
}

/** The message of the refusal; `undefined` if there is none. */
function refusal(options: unknown): string | undefined {
  try {
    readEngineOptions(options);
    return undefined;
  } catch (error) {
    expect(error).toBeInstanceOf(HotcellError);
    expect(error).toMatchObject({ code: 'INVALID_OPTIONS', ran: 'no' });
    return (error as HotcellError).message;
  }
}

/** The names that an object of settings knows, as its refusal lists them. */
function knownNames(path: string): readonly string[] {
  const options = path === '' ? { zzzzzzzzzzzzzzzzzzzz: 1 } : withOption(path, { zzzzzzzzzzzzzzzzzzzz: 1 });
  return /the known names are ([\w, ]+)/.exec(refusal(options) ?? '')?.[1]?.split(', ') ?? [];
}

describe('the page of options', () => {
  test('lists every option', () => {
    const listed = (path: string): string[] =>
      knownNames(path).flatMap((name) => {
        const inner = path === '' ? name : `${path}.${name}`;
        const below = listed(inner);
        return below.length > 0 ? below : [inner];
      });
    expect(listed('').sort()).toEqual(rows.map(({ path }) => path).sort());
    expect(rows.length).toBeGreaterThan(70);
  });

  test.each(ranges)('has the range of $path', ({ path, isWhole, least, most }) => {
    for (const value of [least, most]) expect(refusal(withOption(path, value))).toBeUndefined();
    const outside = [
      least - 0.001,
      most + 0.001,
      least - 1,
      most + 1,
      NaN,
      Infinity,
      -Infinity,
      `${least}`,
      null,
      [least],
      true,
    ];
    for (const value of [...outside, ...(isWhole ? [least + 0.5] : [])]) {
      expect(refusal(withOption(path, value))).toContain(path);
      expect(refusal(withOption(path, value))).toContain(String(most));
    }
  });

  test.each(choices)('has the values of $path', ({ path, names }) => {
    const isSwitch = names.includes('true');
    for (const name of names) expect(refusal(withOption(path, isSwitch ? name === 'true' : name))).toBeUndefined();
    for (const value of ['', 'box', 0, null, {}, isSwitch ? 'true' : true]) {
      expect(refusal(withOption(path, value))).toMatch(new RegExp(`: ${path}: must be`));
    }
  });
});

describe('an option that is wrong', () => {
  test.each([
    [{ isolate: { slots: 0 } }, 'isolate.slots: must be a whole number from 1 to 65536, but is 0'],
    [{ isolate: { placement: 'box' } }, 'isolate.placement: must be one of process, container, but is "box"'],
    [{ docker: true }, 'docker: must be an object of settings, or false, but is true'],
    [{ docker: { pool: 4 } }, 'docker.pool: must be an object of settings, but is 4'],
    [
      { docker: { address: 'localhost:2375' } },
      'docker.address: must be an address that starts with unix://, npipe://',
    ],
    [{ docker: { cpus: NaN } }, 'docker.cpus: must be a number from 0.01 to 1024, but is NaN'],
    [
      { egress: { dnsServers: ['dns.example'] } },
      'egress.dnsServers.0: must be an address or address:port, but is "dns.example"',
    ],
    [
      { egress: { dnsServers: [] } },
      'egress.dnsServers: must be a list of 1 to 64 addresses of DNS servers, but is a list',
    ],
    [{ egress: { ca: 'cert.pem' } }, 'egress.ca: must be certificates in PEM'],
    [{ ceilings: { timeoutMs: -1 } }, 'ceilings.timeoutMs: must be a whole number of milliseconds from 1 to 86400000'],
    [{ ceilings: { memoryMb: 4 } }, 'ceilings.memoryMb: must be a whole number of MiB from 8 to 1048576'],
    [{ fallback: 'docker' }, 'fallback: must be wasm, but is "docker"'],
    [{ redaction: { emails: 'no' } }, 'redaction.emails: must be true or false, but is "no"'],
    [{ logger: { warn: 1 } }, 'logger: must be an object with the methods debug, info, warn and error'],
    [{ tools: {} }, 'tools: must be an array of what defineTool returns'],
    [{ tools: [{ name: 'a' }] }, 'tools.0.code: '],
    [null, 'must be an object of settings, but is null'],
    [[], 'must be an object of settings, but is a list'],
  ])('%j is named, with what it can be', (options, message) => {
    expect(refusal(options)).toContain(`The engine cannot be created because of its options: ${message}`);
  });

  test.each([
    [{ dokcer: false }, '"dokcer" is unknown; the nearest name is "docker"'],
    [{ docker: { slot: 1 } }, 'docker: "slot" is unknown; the nearest name is "slots"'],
    [{ docker: { pool: { cieling: 1 } } }, 'docker.pool: "cieling" is unknown; the nearest name is "ceiling"'],
    [{ ceilings: { memoryMB: 64 } }, 'ceilings: "memoryMB" is unknown; the nearest name is "memoryMb"'],
    [{ egress: { ceilings: { sendMb: 1 } } }, 'egress.ceilings: "sendMb" is unknown; the nearest name is "sentMb"'],
    [{ routes: { pyton: 'wasm' } }, 'routes: "pyton" is unknown; the nearest name is "python"'],
    [
      { routes: { ruby: 'wasm' } },
      'routes: "ruby" is unknown; the known names are javascript, typescript, python, bash',
    ],
  ])('%j has the nearest name', (options, message) => {
    expect(refusal(options)).toContain(message);
  });

  test('that is not a number, a choice or a switch is not repeated: it can hold a password', () => {
    const secret = 'hunter2-4711';
    for (const options of [
      { docker: { address: `ssh://me:${secret}@host` } },
      { egress: { ca: secret } },
      { docker: { seccompProfile: { secret } } },
      { tools: [{ ...tool('a'), secrets: { 'not a name': secret } }] },
    ]) {
      expect(refusal(options)).toBeDefined();
      expect(refusal(options)).not.toContain(secret);
    }
  });

  test('and cannot be read is named', () => {
    const docker = Object.defineProperty({ slots: 1 }, 'pool', {
      enumerable: true,
      get: () => {
        throw new Error('not now');
      },
    });
    expect(refusal({ docker })).toContain('its options: docker.pool cannot be read (not now).');
  });
});

function tool(name: string) {
  return defineTool({ name, description: 'A tool.', input: z.any(), language: 'javascript', code: '1' });
}

describe('options that are right', () => {
  test('are a copy that later changes do not reach', () => {
    const slots = { slots: 3 };
    const options = { isolate: slots, tools: [tool('a')], docker: undefined };
    const read = readEngineOptions(options);
    slots.slots = 0;
    options.tools.pop();
    expect(read).toMatchObject({ isolate: { slots: 3 }, tools: [{ name: 'a', version: '1.0.0' }] });
    expect(read).not.toHaveProperty('docker');
  });

  test('hold tools with different names', () => {
    expect(refusal({ tools: [tool('a'), tool('b')] })).toBeUndefined();
    expect(refusal({ tools: [tool('a'), tool('b'), tool('a')] })).toContain('tools: two tools have the same name "a"');
  });

  test('keep the state of a logger', () => {
    class Counter {
      readonly lines: string[] = [];
      debug = (): void => undefined;
      info(_: object, text: string): void {
        this.lines.push(text);
      }
      warn = this.debug;
      error = this.debug;
    }
    const logger = new Counter();
    readEngineOptions({ logger }).logger?.info({}, 'heard');
    expect(logger.lines).toEqual(['heard']);
  });
});

test('whatever is given is options, or refused with INVALID_OPTIONS', () => {
  const names = [...new Set(rows.flatMap(({ path }) => path.split('.')))];
  const leaf = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true }),
    fc.integer({ min: -1, max: 2_000 }),
    fc.constant(false),
  );
  const name = fc.oneof(fc.constantFrom(...names), fc.string());
  const tree = fc.letrec((tie) => ({
    node: fc.oneof({ maxDepth: 3 }, leaf, fc.dictionary(name, tie('node'), { maxKeys: 4 })),
  })).node;
  fc.assert(
    fc.property(fc.oneof(leaf, fc.dictionary(name, tree, { maxKeys: 5 })), (options) => void refusal(options)),
    { numRuns: 3_000 },
  );
});
