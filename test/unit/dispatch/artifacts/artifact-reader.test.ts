import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packFiles } from '../../../../src/cells/conversation/pack-files.ts';
import { ProtocolError } from '../../../../src/cells/protocol/frame-codec.ts';
import { defaultLimits, type Limits } from '../../../../src/contract/api/limits.ts';
import { workspacePathSchema } from '../../../../src/contract/api/request.ts';
import {
  ArtifactReader,
  artifactsMax,
  type CollectedArtifacts,
} from '../../../../src/dispatch/artifacts/artifact-reader.ts';
import { createRedactor, type Redactor } from '../../../../src/redaction/redactor.ts';
import { cutInto } from '../../../support/chunks.ts';

interface RawEntry {
  readonly name?: string | Uint8Array;
  readonly type?: string;
  readonly content?: string | Uint8Array;
  /** The size in the header, if it is not the real one. */
  readonly size?: string | Uint8Array;
  readonly link?: string;
  readonly prefix?: string;
  readonly magic?: string;
}

/** One entry as an attacker would write it, byte by byte, with a valid checksum. */
function raw({
  name = 'output/a',
  type = '0',
  content = '',
  size,
  link = '',
  prefix = '',
  magic = 'ustar\x0000',
}: RawEntry): Buffer {
  const body = Buffer.from(content as string);
  const header = Buffer.alloc(512);
  header.set(Buffer.from(name as string).subarray(0, 100), 0);
  header.write('0000644\0', 100, 'latin1');
  header.set(Buffer.from((size as string | undefined) ?? `${body.length.toString(8).padStart(11, '0')}\0`), 124);
  header.write('00000000000\0', 136, 'latin1');
  header.write('        ', 148, 'latin1');
  header.write(type, 156, 'latin1');
  header.write(link, 157, 'latin1');
  header.write(magic, 257, 'latin1');
  header.write(prefix, 345, 'latin1');
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
    'latin1',
  );
  return Buffer.concat([header, body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

function pax(records: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest) + 1;
    while (String(length).length + Buffer.byteLength(rest) !== length)
      length = String(length).length + Buffer.byteLength(rest);
    return `${length}${rest}`;
  });
  return raw({ name: 'pax', type: 'x', content: lines.join('') });
}

const end = Buffer.alloc(1_024);
const good = raw({ name: 'output/good.txt', content: 'good' });

/** Rejects if the archive violates the protocol. */
async function readArtifacts(
  chunks: Iterable<Uint8Array>,
  limits: Limits,
  redactor: Redactor,
): Promise<CollectedArtifacts> {
  const reader = new ArtifactReader({ limits, signal: undefined }, redactor);
  reader.read(Readable.from(chunks));
  const collected = await reader.finish();
  if (collected.violation !== undefined) throw new ProtocolError(collected.violation);
  return collected;
}

function read(
  parts: readonly Uint8Array[],
  limits: Partial<Limits> = {},
  secrets: Record<string, string> = {},
): Promise<CollectedArtifacts> {
  return readArtifacts([...parts, end], { ...defaultLimits, ...limits }, createRedactor(secrets, {}));
}

async function pathsOf(...parts: readonly Uint8Array[]): Promise<{ paths: string[]; dropped: number }> {
  const { artifacts, dropped } = await read([...parts, good]);
  return { paths: artifacts.map(({ path }) => path), dropped };
}

describe('readArtifacts', () => {
  it('returns files with media type, size and hash, redacted in name and content', async () => {
    const parts = [
      raw({ name: 'output/tok-12345.csv', content: 'key,tok-12345\n' }),
      raw({ name: 'output/image', content: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') }),
    ];
    const { artifacts, dropped } = await read(parts, {}, { TOKEN: 'tok-12345' });
    const content = Buffer.from('key,[redacted:TOKEN]\n');
    expect(dropped).toBe(0);
    expect(artifacts).toEqual([
      {
        path: 'output/[redacted:TOKEN].csv',
        mediaType: 'text/csv',
        bytes: content.length,
        sha256: createHash('sha256').update(content).digest('hex'),
        content,
      },
      expect.objectContaining({ path: 'output/image', mediaType: 'image/png', bytes: 8 }),
    ]);
  });

  it('reads archives of packFiles, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(
          fc.record({
            path: fc
              .string({ unit: 'binary', minLength: 1, maxLength: 200 })
              .filter(
                (path) =>
                  workspacePathSchema.safeParse(path).success && path.isWellFormed() && !path.includes('\ufffd'),
              ),
            content: fc.uint8Array({ maxLength: 2_000 }),
          }),
          { maxLength: 5, selector: ({ path }) => path },
        ),
        fc.array(fc.integer({ min: 1, max: 3_000 }), { maxLength: 20 }),
        async (files, lengths) => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of packFiles(files)) chunks.push(chunk);
          const redactor = createRedactor({}, { rules: false });
          const { artifacts, dropped } = await readArtifacts(
            cutInto(Buffer.concat(chunks), lengths),
            defaultLimits,
            redactor,
          );
          expect(artifacts.map(({ path, content }) => ({ path, content: Buffer.from(content) }))).toEqual(
            files.map(({ path, content }) => ({ path, content: Buffer.from(content) })),
          );
          expect(dropped).toBe(0);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['a symbolic link', raw({ type: '2', link: '/etc/passwd' })],
    ['a hard link', raw({ type: '1', link: 'output/good.txt' })],
    ['a character device', raw({ type: '3' })],
    ['a block device', raw({ type: '4' })],
    ['a fifo', raw({ type: '6' })],
    ['a contiguous file', raw({ type: '7', content: 'x' })],
    ['an old GNU sparse file', raw({ type: 'S', content: 'x' })],
    ['an unknown type', raw({ type: 'Z', content: 'x' })],
    [
      'a pax sparse file',
      Buffer.concat([pax({ 'GNU.sparse.major': '1', 'GNU.sparse.name': 'output/x' }), raw({ content: 'x' })]),
    ],
    ['an absolute name', raw({ name: '/etc/passwd' })],
    ['a name that climbs', raw({ name: 'output/../../etc/passwd' })],
    ['a name that begins with ..', raw({ name: '../x' })],
    ['a name with an empty part', raw({ name: 'output//x' })],
    ['a name with a dot part', raw({ name: './x' })],
    ['a file that is named like a folder', raw({ name: 'output/sub/' })],
    ['an empty name', raw({ name: '' })],
    ['a Windows name', raw({ name: 'output\\..\\x' })],
    ['a drive', raw({ name: 'C:\\x' })],
    ['a name with a line end', raw({ name: 'output/a\nb' })],
    ['a name with an escape sequence', raw({ name: 'output/\u001b[2J' })],
    ['a name that is not UTF-8', raw({ name: Buffer.from('output/\xff\xfe', 'latin1') })],
    ['a prefix that is absolute', raw({ name: 'x', prefix: '/etc' })],
    ['a prefix that climbs', raw({ name: 'x', prefix: '..' })],
    ['a pax path that climbs', Buffer.concat([pax({ path: '../../x' }), raw({})])],
    ['a pax path that is absolute', Buffer.concat([pax({ path: '/x' }), raw({})])],
    ['a pax path that is too long', Buffer.concat([pax({ path: `${'a/'.repeat(600)}b` }), raw({})])],
    ['a pax path with a long part', Buffer.concat([pax({ path: 'a'.repeat(300) }), raw({})])],
    [
      'a global pax path that climbs',
      Buffer.concat([raw({ type: 'g', content: '11 path=../\n' }), pax({ mtime: '0' }), raw({})]),
    ],
    ['a GNU long name that climbs', Buffer.concat([raw({ type: 'L', content: '../x\0' }), raw({})])],
  ])('leaves out %s, and counts it', async (_, entry) => {
    expect(await pathsOf(entry)).toEqual({ paths: ['output/good.txt'], dropped: 1 });
  });

  it('skips folders without counting them', async () => {
    expect(await pathsOf(raw({ name: 'output', type: '5' }), raw({ name: 'output/sub/', type: '5' }))).toEqual({
      paths: ['output/good.txt'],
      dropped: 0,
    });
  });

  it('keeps the first of two files of the same name', async () => {
    const { artifacts, dropped } = await read([raw({ content: 'first' }), raw({ content: 'second' })]);
    expect(artifacts.map(({ content }) => Buffer.from(content).toString())).toEqual(['first']);
    expect(dropped).toBe(1);
  });

  it('keeps files separate whose names become equal', async () => {
    const { artifacts } = await read(
      [raw({ name: 'one-secret' }), raw({ name: 'TWO-SECRET' })],
      {},
      { A: 'one-secret', B: 'two-secret' },
    );
    expect(artifacts.map(({ path }) => path)).toEqual(['[redacted:A]', '[redacted:B]']);
    const same = await read([raw({ name: 'x/one-secret' }), raw({ name: 'x/ONE-SECRET' })], {}, { A: 'one-secret' });
    expect(same.artifacts.map(({ path }) => path)).toEqual(['x/[redacted:A]', 'x/[redacted:A] (2)']);
    const names = ['one-secret.csv', 'ONE-SECRET.csv', 'One-Secret.csv', 'one-secret.tar.gz', 'ONE-SECRET.tar.gz'];
    const ended = await read(
      names.map((name) => raw({ name })),
      {},
      { A: 'one-secret' },
    );
    expect(ended.artifacts.map(({ path }) => path)).toEqual([
      '[redacted:A].csv',
      '[redacted:A] (2).csv',
      '[redacted:A] (3).csv',
      '[redacted:A].tar.gz',
      '[redacted:A] (2).tar.gz',
    ]);
  });

  it('limits the size of one file, of all files, and their number', async () => {
    const sized = (name: string, bytes: number): Buffer => raw({ name, content: Buffer.alloc(bytes, 120) });
    const mebibyte = 1_048_576;
    const { artifacts, dropped } = await read(
      [sized('a', mebibyte), sized('b', mebibyte + 1), sized('c', mebibyte), sized('d', 1)],
      { fileMb: 1, diskMb: 2 },
    );
    expect([artifacts.map(({ path }) => path), dropped]).toEqual([['a', 'c'], 2]);
    const many = await read(Array.from({ length: artifactsMax + 10 }, (_, index) => raw({ name: `f${index}` })));
    expect([many.artifacts.length, many.dropped]).toEqual([artifactsMax, 10]);
  });

  it.each([
    ['noise', Buffer.alloc(2_048, 0x5a)],
    ['a wrong checksum', Buffer.concat([good]).fill(1, 0, 3)],
    ['an unknown format', raw({ magic: 'hello' })],
    ['a size that lies beyond the end', raw({ content: 'x', size: '00077777777\0' })],
    ['a pax size that lies', Buffer.concat([pax({ size: '999999999999' }), raw({ content: 'x' })])],
    ['a negative pax size', Buffer.concat([pax({ size: '-5' }), raw({ content: 'x' })])],
    ['a pax size that is no number', Buffer.concat([pax({ size: 'many' }), raw({ content: 'x' })])],
    ['a binary size that is none', raw({ size: Buffer.from([0x90, ...Array(11).fill(1)]) })],
    ['a binary size beyond all', raw({ size: Buffer.from([0x80, ...Array(11).fill(0xff)]) })],
    ['a negative binary size', raw({ size: Buffer.alloc(12, 0xff).fill(0x7f, 11) })],
    ['a giant pax header', raw({ type: 'x', size: '00100000000\0' })],
    ['100 000 entries', Buffer.concat(Array.from({ length: 100_000 }, () => raw({ type: '5', name: 'd' })))],
  ])('rejects %s as a violation of the protocol', async (_, bytes) => {
    await expect(read([bytes])).rejects.toBeInstanceOf(ProtocolError);
  });

  it('rejects an archive that ends early', async () => {
    const whole = raw({ content: 'x'.repeat(600) });
    for (const length of [100, 511, 512, 700, 1_112, 1_500]) {
      const reading = readArtifacts([whole.subarray(0, length)], defaultLimits, createRedactor({}, {}));
      await expect(reading).rejects.toBeInstanceOf(ProtocolError);
    }
  });

  it('for any hostile headers: ends, rejects only with a ProtocolError, and returns only safe paths', async () => {
    const name = fc.oneof(
      fc.constantFrom('output/x', '/x', '../x', 'a/../b', 'a//b', '.', '..', '', 'a\\b', 'a\0b', 'a/', 'good'),
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.uint8Array({ maxLength: 100 }),
    );
    const entry = fc.record({
      name,
      type: fc.constantFrom(...'01234567xgLKSVZ\0'.split('')),
      content: fc.oneof(fc.string({ maxLength: 700 }), name),
      link: fc.constantFrom('', '/etc/passwd', '../x'),
      prefix: fc.constantFrom('', '', '/', '..', 'a'),
      magic: fc.constantFrom('ustar\x0000', 'ustar\x0000', 'ustar  \0', 'other'),
      size: fc.option(
        fc.oneof(
          fc.uint8Array({ minLength: 12, maxLength: 12 }),
          fc.constantFrom('00000000001\0', '-0000000001\0', '77777777777\0'),
        ),
        { nil: undefined, freq: 5 },
      ),
    });
    const records = fc.dictionary(
      fc.constantFrom('path', 'linkpath', 'size', 'GNU.sparse.name', '__proto__', 'x'),
      fc.string({ maxLength: 40 }),
    );
    const part = fc.oneof(
      { weight: 4, arbitrary: entry.map(({ size, ...rest }) => raw(size === undefined ? rest : { ...rest, size })) },
      { weight: 1, arbitrary: records.map(pax) },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(part, { maxLength: 6 }),
        fc.option(fc.tuple(fc.nat(4_000), fc.nat(255))),
        async (parts, damage) => {
          const bytes = Buffer.concat(parts);
          if (damage && damage[0] < bytes.length) bytes[damage[0]] = damage[1];
          const result = await read([bytes]).catch((error: unknown) => {
            expect(error).toBeInstanceOf(ProtocolError);
            return { artifacts: [], dropped: 0 };
          });
          const paths = result.artifacts.map(({ path }) => path);
          expect(paths.filter((path) => !workspacePathSchema.safeParse(path).success)).toEqual([]);
          expect(new Set(paths).size).toBe(paths.length);
          expect(Object.prototype).not.toHaveProperty('path');
        },
      ),
      { numRuns: 1_500 },
    );
  });
});
