import { createHash } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { packFiles } from '../../../../src/cells/conversation/pack-files.ts';
import type { ArtifactPreview, ArtifactSink, ArtifactTarget } from '../../../../src/contract/api/artifact-sink.ts';
import { defaultLimits } from '../../../../src/contract/api/limits.ts';
import { ArtifactReader } from '../../../../src/dispatch/artifacts/artifact-reader.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { cutInto } from '../../../support/chunks.ts';

interface Given {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly sink: ArtifactSink;
  readonly secrets?: Record<string, string>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Size of the archive's chunks in bytes. */
  readonly chunkBytes?: number;
  /** Bytes of the archive that arrive. */
  readonly endAt?: number;
}

async function deliver({ files, sink, secrets = {}, timeoutMs = 5_000, signal, chunkBytes = 1_000, endAt }: Given) {
  const list = Object.entries(files).map(([path, content]) => ({ path, content: Buffer.from(content) }));
  const parts: Uint8Array[] = [];
  for await (const part of packFiles(list)) parts.push(part);
  const archive = Buffer.concat(parts).subarray(0, endAt);
  const chunks = cutInto(archive, Array(Math.ceil(archive.length / chunkBytes)).fill(chunkBytes));
  const limits = { ...defaultLimits, timeoutMs };
  const reader = new ArtifactReader({ limits, artifactSink: sink, signal }, createRedactor(secrets, {}));
  reader.read(Readable.from(chunks));
  return await reader.finish();
}

/** A sink that keeps content by path. */
function keeper(wrap: (target: Writable) => ArtifactTarget = (target) => target) {
  const got: Record<string, string> = {};
  const previews: ArtifactPreview[] = [];
  const sink: ArtifactSink = (preview) => {
    previews.push(preview);
    got[preview.path] = '';
    return wrap(
      new Writable({
        write(chunk, _, done) {
          got[preview.path] += Buffer.from(chunk as Uint8Array).toString('latin1');
          setImmediate(done);
        },
      }),
    );
  };
  return { got, previews, sink };
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

describe('an artifact sink', () => {
  afterEach(() => void vi.useRealTimers());

  test.each<[what: string, wrap: (target: Writable) => ArtifactTarget]>([
    ['a Writable', (target) => target],
    ['a WritableStream', (target) => Writable.toWeb(target) as WritableStream<Uint8Array>],
  ])('is given content, type and size of each file, by %s', async (_, wrap) => {
    const { got, previews, sink } = keeper(wrap);
    const image = `\x89PNG\r\n\x1a\n${'\x80'.repeat(70_000)}`;
    const files = { 'a.csv': 'a,b\n'.repeat(40_000), image: Buffer.from(image, 'latin1'), empty: '' };
    const end = await deliver({ files, sink });
    expect(got).toEqual({ 'a.csv': files['a.csv'], image, empty: '' });
    expect(previews).toEqual([
      { path: 'a.csv', mediaType: 'text/csv', bytes: 160_000 },
      { path: 'image', mediaType: 'image/png', bytes: 70_008 },
      { path: 'empty', mediaType: 'text/plain', bytes: 0 },
    ]);
    expect(end).toEqual({
      artifacts: [],
      delivered: [
        { path: 'a.csv', mediaType: 'text/csv', bytes: 160_000, sha256: sha256(files['a.csv']) },
        { path: 'image', mediaType: 'image/png', bytes: 70_008, sha256: sha256(image) },
        { path: 'empty', mediaType: 'text/plain', bytes: 0, sha256: sha256('') },
      ],
      dropped: 0,
      lost: [],
      violation: undefined,
    });
  });

  test('keeps a file in the result if it answers undefined, even later', async () => {
    const { got, sink } = keeper();
    const picky: ArtifactSink = async (preview) => {
      await sleep(5);
      return preview.bytes > 10 ? sink(preview) : undefined;
    };
    const end = await deliver({ files: { small: 'small', large: 'large enough' }, sink: picky });
    expect(end.artifacts).toMatchObject([{ path: 'small', content: Buffer.from('small') }]);
    expect(end.delivered).toMatchObject([{ path: 'large', bytes: 12 }]);
    expect(got).toEqual({ large: 'large enough' });
  });

  test('gets no secret in content or name, wherever the chunks are cut', async () => {
    for (const chunkBytes of [1, 7, 511, 513]) {
      const { got, sink } = keeper();
      const text = `${'x'.repeat(505)}tomato-soup-77 and ${Buffer.from('tomato-soup-77').toString('hex')}`;
      const binary = Buffer.concat([Buffer.from([0xff]), Buffer.from(text)]);
      const files = { 'tomato-soup-77.txt': text, binary };
      const end = await deliver({ files, sink, secrets: { KEY: 'tomato-soup-77' }, chunkBytes });
      const clean = `${'x'.repeat(505)}[redacted:KEY] and [redacted:KEY]`;
      expect(got).toEqual({ '[redacted:KEY].txt': clean, binary: `\xff${clean}` });
      expect(end.delivered[0]).toMatchObject({ bytes: clean.length, sha256: sha256(clean) });
    }
  });

  test("gets the type of a file's start; the result has the type of the whole file", async () => {
    const { previews, sink } = keeper();
    const page = Buffer.concat([Buffer.from('<p>'.repeat(50_000)), Buffer.from([0xff])]);
    const end = await deliver({ files: { 'a.html': page }, sink });
    expect(previews[0]?.mediaType).toBe('text/html');
    expect(end.delivered[0]?.mediaType).toBe('application/octet-stream');
  });

  const broken: [what: string, target: () => unknown, reason: string][] = [
    [
      'throws',
      () => {
        throw new Error('no room');
      },
      'The sink failed: no room',
    ],
    ['rejects', () => Promise.reject(new Error('no bucket')), 'The sink failed: no bucket'],
    [
      'fails at a write',
      () => new Writable({ write: (_c, _e, done) => done(new Error('ENOSPC')) }),
      'The sink failed: ENOSPC',
    ],
    [
      'fails at the end',
      () => new Writable({ write: (_c, _e, done) => done(), final: (done) => done(new Error('quota')) }),
      'The sink failed: quota',
    ],
    ['answers a closed stream', () => new Writable({ write: () => undefined }).destroy(), 'The sink failed: '],
    ['answers a number', () => 7, 'The sink failed: it returned neither'],
    [
      'says a secret',
      () => {
        throw new Error('tomato-soup-77');
      },
      'The sink failed: [redacted:KEY]',
    ],
  ];
  test.each(broken)('that %s loses that file and no other', async (_, target, reason) => {
    const { got, sink } = keeper();
    const files = { bad: 'b'.repeat(100_000), good: 'good' };
    const end = await deliver({
      files,
      secrets: { KEY: 'tomato-soup-77' },
      sink: (preview) => (preview.path === 'bad' ? (target() as ArtifactTarget) : sink(preview)),
    });
    expect(end.lost).toEqual([{ path: 'bad', reason: expect.stringContaining(reason) as string }]);
    expect(got).toEqual({ good: 'good' });
    expect(end).toMatchObject({ delivered: [{ path: 'good' }], violation: undefined });
  });

  test.each<[what: string, target: () => ArtifactTarget | Promise<undefined>]>([
    ['is never opened', () => new Promise(() => undefined)],
    ['takes no byte', () => new Writable({ write: () => undefined })],
    ['never ends', () => new Writable({ write: (_c, _e, done) => done(), final: () => undefined })],
    ['cannot be destroyed', () => new Writable({ write: () => undefined, destroy: () => undefined })],
    ['is a WritableStream that hangs', () => new WritableStream({ write: () => new Promise(() => undefined) })],
  ])('that %s is given up after timeoutMs, and asked no more', async (_, target) => {
    const files = { one: 'b'.repeat(100_000), two: 'two', three: 'three' };
    let asked = 0;
    const sink: ArtifactSink = () => {
      asked += 1;
      return target();
    };
    const end = await deliver({ files, timeoutMs: 150, sink });
    const reason = 'The sink did nothing for limits.timeoutMs = 150 ms.';
    expect(end.lost).toEqual(Object.keys(files).map((path) => ({ path, reason })));
    expect(asked).toBe(1);
  });

  test('that is slow, but makes progress, is awaited', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    const { got, sink } = keeper();
    // The fake clock advances only here, in total by more than the sink may be idle.
    const slow: ArtifactSink = async (preview) => {
      const inner = (await sink(preview)) as Writable;
      return new Writable({
        highWaterMark: 1,
        write: (chunk, _, done) => void vi.advanceTimersByTimeAsync(60).then(() => inner.write(chunk, done)),
      });
    };
    const end = await deliver({ files: { a: 'a'.repeat(10_000) }, timeoutMs: 150, sink: slow, chunkBytes: 2_000 });
    expect(end.delivered).toMatchObject([{ path: 'a', bytes: 10_000 }]);
    expect(got.a?.length).toBe(10_000);
  });

  test('is released when the call is cancelled', async () => {
    const stop = new AbortController();
    const target = new Writable({ write: () => stop.abort() });
    const end = await deliver({ files: { a: 'a', b: 'b' }, sink: () => target, signal: stop.signal });
    const reason = 'The call was cancelled.';
    expect(end.lost).toEqual([
      { path: 'a', reason },
      { path: 'b', reason },
    ]);
    expect(target.destroyed).toBe(true);
  });

  test('is destroyed and not ended if a file is cut short', async () => {
    let ended = false;
    const target = new Writable({
      write: (_chunk, _encoding, done) => done(),
      final(done) {
        ended = true;
        done();
      },
    });
    const end = await deliver({ files: { a: 'a'.repeat(5_000) }, sink: () => target, endAt: 3_000 });
    expect(end).toMatchObject({ delivered: [], violation: 'Unexpected end of data' });
    expect(end.lost).toEqual([{ path: 'a', reason: 'The cell did not send all of it.' }]);
    expect([ended, target.destroyed]).toEqual([false, true]);
  });
});
