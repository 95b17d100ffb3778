import { createHash } from 'node:crypto';
import fc from 'fast-check';
import {
  createEngine,
  decodeEvent,
  decodeRequest,
  decodeResult,
  type ExecutionRequest,
  type ExecutionResult,
  encodeEvent,
  encodeRequest,
  encodeResult,
  executionRequestSchema,
  executionResultSchema,
  parseWireText,
  type WireOptions,
  wireRequestSchema,
  wireResultSchema,
} from 'hotcell';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { ShapeOf } from '../../../../src/contract/schema/schema-parts.ts';
import { deriveWire } from '../../../../src/contract/wire/derive.ts';
import { anyEvent, anyRequest, anyResult } from '../../../support/arbitrary-results.ts';

/** Keeps content that is too large for messages, as a queue's blob store does. */
function blobs(inlineMaxBytes: number): Required<WireOptions> & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    inlineMaxBytes,
    async store(content) {
      kept.set(`blob-${kept.size}`, content);
      return `blob-${kept.size - 1}`;
    },
    async load({ ref }) {
      const content = kept.get(ref);
      if (!content) throw new Error(`no ${ref}`);
      return content;
    },
  };
}

const asText = async (wire: Promise<unknown>): Promise<unknown> => parseWireText(JSON.stringify(await wire));
const request: ExecutionRequest = { language: 'javascript', code: '1' };
const aResult = async (): Promise<ExecutionResult> => {
  await using engine = createEngine({ isolate: false, docker: false, wasm: false });
  return await engine.execute(request);
};

describe('the wire forms', () => {
  const inline = fc.constantFrom(0, 10, 50, 1_048_576);

  test('a result comes back as it was, through text and through a store', async () => {
    await fc.assert(
      fc.asyncProperty(anyResult, inline, async (result, inlineMaxBytes) => {
        const options = blobs(inlineMaxBytes);
        expect(await decodeResult(await asText(encodeResult(result)))).toEqual(result);
        expect(await decodeResult(await asText(encodeResult(result, options)), options)).toEqual(result);
        expect(executionResultSchema.safeParse(result).success).toBe(true);
      }),
    );
  });

  test('so does an event', async () => {
    await fc.assert(
      fc.asyncProperty(anyEvent, inline, async (event, inlineMaxBytes) => {
        const options = blobs(inlineMaxBytes);
        expect(await decodeEvent(await asText(encodeEvent(event, options)), options)).toEqual(event);
      }),
    );
  });

  test('so does a request', async () => {
    await fc.assert(
      fc.asyncProperty(anyRequest, inline, async (asked, inlineMaxBytes) => {
        const options = blobs(inlineMaxBytes);
        expect(await decodeRequest(await asText(encodeRequest(asked, options)), options)).toEqual(asked);
        expect(executionRequestSchema.safeParse(asked).error).toBeUndefined();
      }),
    );
  });

  test('all fields that the schemas in this process have', () => {
    const fieldsOf = (schema: z.ZodType): string[] => Object.keys((schema as z.ZodObject).shape).sort();
    const wireFields = (schema: z.ZodType): string[] => fieldsOf(schema).filter((name) => name !== 'wireVersion');
    expect(wireFields(wireResultSchema)).toEqual(fieldsOf(executionResultSchema));
    expect(wireFields(wireRequestSchema)).toEqual(fieldsOf(executionRequestSchema));
  });

  test('are plain JSON Schema, with bytes as base64 or as a reference', () => {
    const schema = z.toJSONSchema(wireResultSchema, { io: 'input' });
    const [inline, reference] = (
      schema.properties as never as {
        artifacts: { items: { properties: { content: { anyOf: z.core.JSONSchema.JSONSchema[] } } } };
      }
    ).artifacts.items.properties.content.anyOf;
    expect(inline).toMatchObject({ properties: { base64: { type: 'string', contentEncoding: 'base64' } } });
    expect(reference).toMatchObject({ required: ['ref', 'sizeBytes', 'sha256'] });
    expect(z.toJSONSchema(wireRequestSchema, { io: 'input', unrepresentable: 'any' })).toMatchObject({
      additionalProperties: false,
      properties: { signal: { not: {} }, code: { type: 'string' } },
    });
  });

  test('a schema that lacks a field of its type does not compile', () => {
    type Both = { readonly a: string; readonly b?: string | undefined };
    const whole = { a: z.string(), b: z.string().optional() } satisfies ShapeOf<Both>;
    // @ts-expect-error b is missing
    const part = { a: z.string() } satisfies ShapeOf<Both>;
    expect(Object.keys(whole)).not.toEqual(Object.keys(part));
  });

  test('a kind of schema that nobody gave a wire form does not load', () => {
    expect(() => deriveWire(z.strictObject({ when: z.date() }), 'refused')).toThrow(/no wire form .* date/);
  });
});

describe('content', () => {
  const large = { 'a.bin': new Uint8Array(60), 'b.txt': 'ä'.repeat(25), 'c.bin': new Uint8Array([1, 2]) };

  test('stays in the message up to a size in all, and is stored above it', async () => {
    const options = blobs(70);
    const { files } = await encodeRequest({ ...request, files: large }, options);
    const sha256 = createHash('sha256').update('ä'.repeat(25)).digest('hex');
    expect(files).toEqual({
      'a.bin': { base64: Buffer.alloc(60).toString('base64') },
      'b.txt': { ref: 'blob-0', sizeBytes: 50, sha256, text: true },
      'c.bin': { base64: 'AQI=' },
    });
    expect([...options.kept.values()].map(String)).toEqual(['ä'.repeat(25)].map((text) => String(Buffer.from(text))));
  });

  test('stays in the message altogether if nobody stores it', async () => {
    const { files } = await encodeRequest({ ...request, files: large }, { inlineMaxBytes: 0 });
    expect(files).toMatchObject({ 'b.txt': 'ä'.repeat(25), 'c.bin': { base64: 'AQI=' } });
  });

  test('a view of a larger buffer is sent as what it shows', async () => {
    const view = new Uint8Array([9, 1, 2, 9]).subarray(1, 3);
    expect((await encodeRequest({ ...request, stdin: view })).stdin).toEqual({ base64: 'AQI=' });
  });

  test('other content behind a reference is refused, and so is a reference that nobody loads', async () => {
    const options = blobs(0);
    const wire = await encodeRequest({ ...request, stdin: 'abc' }, options);
    await expect(decodeRequest(wire)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('stdin is a reference') as string,
    });
    options.kept.set('blob-0', Buffer.from('abd'));
    await expect(decodeRequest(wire, options)).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('the loaded content of stdin does not have the size') as string,
    });
    options.kept.clear();
    await expect(decodeRequest(wire, options)).rejects.toThrow('no blob-0');
  });
});

describe('what cannot be sent', () => {
  async function* stream(): AsyncGenerator<string> {
    yield 'x';
  }
  const run = (): number => 1;
  test.each<[string, Partial<ExecutionRequest>]>([
    [
      'tools.search.run is a function and cannot be sent',
      { tools: { search: { description: 'Finds.', input: z.string(), run } } },
    ],
    ['artifactSink is a function and cannot be sent', { artifactSink: () => undefined }],
    ['stdin is an open stream and cannot be sent', { stdin: stream() }],
    ['files.a.txt is an open stream and cannot be sent', { files: { 'a.txt': stream() } }],
    ['signal is an AbortSignal and cannot be sent', { signal: AbortSignal.timeout(1) }],
    ['inputs.when must be JSON, but is an instance of Date', { inputs: { when: new Date() } }],
    ['inputs.n must be JSON, but is NaN', { inputs: { n: Number.NaN } }],
    ['inputs must be JSON, but is a function', { inputs: run }],
    ['limits.timeoutMs is NaN and cannot be sent', { limits: { timeoutMs: Number.NaN } }],
  ])('%s', async (sentence, part) => {
    await expect(encodeRequest({ ...request, ...part })).rejects.toMatchObject({
      code: 'INVALID_REQUEST',
      message: `The request has no wire form: ${sentence}.`,
    });
  });

  test('a request without tools may say so', async () => {
    const asked = { ...request, tools: {} };
    expect(await decodeRequest(await asText(encodeRequest(asked)))).toEqual(asked);
  });
});

describe('a message of an enemy is refused', () => {
  const refused = (reason: string) => ({ code: 'INVALID_REQUEST', message: expect.stringContaining(reason) as string });
  const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

  test.each([
    ['no JSON', '{"language":', 'it is not JSON'],
    ['a name twice', '{"code":"1","inputs":{},"code":"2"}', 'the name "code" comes twice'],
    ['a name twice, once escaped', '{"code":"1", "c\\u006fde" : "2"}', 'the name "code" comes twice'],
    ['a name twice in the inputs', '{"inputs":[{"a":1,"b":{"a":1},"a":2}]}', 'the name "a" comes twice'],
    ['nested too deep', `{"inputs":${deep(600)}}`, 'nested deeper'],
    ['nested far too deep', `{"inputs":${deep(1_000_000)}}`, 'nested deeper'],
    ['too large', `"${'x'.repeat(1_000)}"`, 'larger than 1000 bytes'],
    ['too large in UTF-8', `"${'ä'.repeat(600)}"`, 'larger than 1000 bytes'],
  ])('%s', (name, text, reason) => {
    const maxBytes = name.startsWith('too large') ? 1_000 : undefined;
    expect(() => parseWireText(text, maxBytes)).toThrow(expect.objectContaining(refused(reason)) as Error);
  });

  test('any other JSON text is read, with quotes, brackets and backslashes in it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseWireText(text)).toEqual(JSON.parse(text));
      }),
    );
    const tricky = { 'a"]}\\': '[[{"\\\\', '\\': { 'a"]}\\': '"' } };
    expect(parseWireText(JSON.stringify(tricky))).toEqual(tricky);
  });

  test.each<[string, unknown, string]>([
    ['nothing', null, 'expected object'],
    ['an unknown field', { ...request, sudo: true }, 'Unrecognized key: "sudo"'],
    ['a field of the prototype', JSON.parse('{"language":"bash","code":"","__proto__":{}}'), '__proto__'],
    ['a file of that name', JSON.parse('{"language":"bash","code":"","files":{"__proto__":"x"}}'), '__proto__'],
    ['a path out of the workspace', { ...request, files: { '../x': 'x' } }, 'must not contain empty parts'],
    ['a signal', { ...request, signal: {} }, 'signal: cannot be sent'],
    ['a host function', { ...request, tools: { a: { description: 'x', run: 'x' } } }, 'tools.a'],
    ['a sink', { ...request, artifactSink: 'x' }, 'artifactSink: cannot be sent'],
    ['bytes with more beside them', { ...request, stdin: { base64: '', ref: 'x' } }, 'stdin'],
    ['bytes that are not valid', { ...request, stdin: { base64: 'AQ' } }, 'stdin.base64 is not base64'],
    ['bytes with something between', { ...request, stdin: { base64: 'A*AA' } }, 'stdin.base64 is not base64'],
    ['bytes as a list', { ...request, stdin: [1, 2] }, 'stdin'],
    ['a reference without a size', { ...request, stdin: { ref: 'x' } }, 'stdin'],
    ['another version', { ...request, wireVersion: 2 }, 'its wireVersion is not 1'],
    ['a version that is not a number', { ...request, wireVersion: null }, 'its wireVersion is not 1'],
  ])('%s', async (_, wire, reason) => {
    await expect(decodeRequest(wire)).rejects.toMatchObject(refused(reason));
  });

  test('inputs that look like bytes are inputs', async () => {
    const inputs = { base64: 'QUJD', files: { a: { ref: 'x', sizeBytes: 1, sha256: 'y' } } };
    const asked = { ...request, inputs };
    expect(await decodeRequest(await asText(encodeRequest(asked)))).toEqual(asked);
  });

  test('whatever it is, the answer is a sentence or a request', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.anything()), fc.string(), async (part, name) => {
        for (const wire of [
          part,
          { ...request, [name]: part },
          { ...request, files: part },
          { ...request, stdin: part },
        ])
          for (const decode of [decodeRequest, decodeResult, decodeEvent]) {
            await decode(wire).catch((error: unknown) => {
              expect(error).toMatchObject({ code: 'INVALID_REQUEST' });
            });
          }
      }),
    );
  });
});

describe('while versions change', () => {
  test('fields that a newer version added to a result or an event are dropped, at any depth', async () => {
    const result = await aResult();
    const wire = (await encodeResult(result)) as unknown as Record<string, unknown>;
    const newer = { ...wire, carbon: 1, usage: { ...(wire.usage as object), carbonMg: 1 } };
    expect(await decodeResult(newer)).toEqual(result);
    const event = { type: 'finished', id: 'x', result: newer, fresh: true };
    expect(await decodeEvent(event)).toEqual({ type: 'finished', id: 'x', result });
  });

  test('an event of a type that is not known is skipped', async () => {
    expect(await decodeEvent({ wireVersion: 1, type: 'teleported', id: 'x' })).toBeUndefined();
  });
});
