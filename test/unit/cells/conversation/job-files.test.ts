import { Readable } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type ConversationEnd, converse } from '../../../../src/cells/conversation/conversation.ts';
import { cellKinds } from '../../../../src/cells/protocol/frame-codec.ts';
import { defaultLimits, type Limits } from '../../../../src/contract/api/limits.ts';
import type { JobFile } from '../../../../src/contract/spi/job.ts';
import { ArtifactReader } from '../../../../src/dispatch/artifacts/artifact-reader.ts';
import { classifyOutcome } from '../../../../src/dispatch/call/classify-outcome.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { collectGarbage } from '../../../support/garbage.ts';
import { engineKinds, jobOf, openScriptedCell, verdictOf } from '../../../support/scripted-cell.ts';

const nothing = (): undefined => undefined;
const sinks = { stdout: nothing, stderr: nothing, display: nothing, progress: nothing, artifacts: nothing };

interface Sent {
  readonly end: ConversationEnd;
  readonly failure: ReturnType<typeof classifyOutcome>;
  /** The `files` messages; the last one is empty if all files arrived. */
  readonly chunks: readonly Buffer[];
}

/** Sends files to a cell that starts its guest after the last file; the guest runs for `guestMs`. */
async function send(
  content: JobFile['content'],
  limits: Partial<Limits> = {},
  signal?: AbortSignal,
  guestMs = 0,
): Promise<Sent> {
  const chunks: Buffer[] = [];
  const far = openScriptedCell((kind) => {
    if (kind === engineKinds.cancel) far.say(cellKinds.verdict, verdictOf({ end: 'cancelled' }));
  });
  const { send: sendOn } = far.cell;
  const cell = {
    ...far.cell,
    send(kind: number, payload: Uint8Array) {
      if (kind === engineKinds.files) {
        chunks.push(Buffer.from(payload));
        const answer = (): void => far.say(cellKinds.verdict, verdictOf());
        if (payload.length === 0) guestMs > 0 ? setTimeout(answer, guestMs) : answer();
      }
      return sendOn(kind, payload);
    },
  };
  const job = jobOf({ files: [{ path: 'in', content }], limits: { ...defaultLimits, ...limits }, signal });
  const end = await converse(cell, job, sinks);
  return { end, failure: classifyOutcome(end, job), chunks };
}

/** The entries that a cell unpacks from the chunks. */
async function unpack(chunks: readonly Buffer[]): Promise<string> {
  const { extract } = await import('tar-stream');
  const archive = extract();
  archive.end(Buffer.concat(chunks));
  let text = '';
  for await (const entry of archive) {
    expect(entry.header.name).toBe('in');
    expect('HOTCELL.continues' in ((entry.header.pax ?? {}) as object)).toBe(text !== '');
    for await (const part of entry) text += String(part);
  }
  return text;
}

async function* slowly(pieces: readonly (string | Uint8Array)[], ms = 0): AsyncGenerator<string | Uint8Array> {
  for (const piece of pieces) {
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    yield piece;
  }
}

describe('a file that is a stream', () => {
  afterEach(() => void vi.useRealTimers());

  test.each([
    ['of small texts', ['a', 'ü', 'b'.repeat(100)]],
    ['of many sizes', ['x'.repeat(65_535), 'y', 'z'.repeat(200_000), Buffer.from('!')]],
    ['that is empty', []],
  ])('%s arrives completely, in pieces of a fixed size', async (_, pieces) => {
    const { end, chunks } = await send(slowly(pieces));
    expect(end).toMatchObject({ verdict: { end: 'completed' }, refusal: undefined });
    expect(await unpack(chunks)).toBe(pieces.map(String).join(''));
  });

  test('may be a Readable, and 40 000 single bytes do not become 40 000 entries', async () => {
    const { chunks } = await send(
      Readable.from(
        Array.from({ length: 40_000 }, () => 'a'),
        { objectMode: true },
      ),
    );
    expect(Buffer.concat(chunks).length).toBeLessThan(60_000);
    expect((await unpack(chunks)).length).toBe(40_000);
  });

  test('that is slow does not eat into the time of the guest', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    // Together they take twice the job's time.
    let sent: Sent | undefined;
    void send(slowly(['a', 'b', 'c', 'd'], 350), { timeoutMs: 1_500 }, undefined, 1_600).then((done) => {
      sent = done;
    });
    for (let steps = 0; sent === undefined && steps < 1_000; steps += 1) {
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(sent?.end).toMatchObject({ verdict: { end: 'completed' }, stopped: undefined });
  });

  test.each<[what: string, content: () => JobFile['content'], limits: Partial<Limits>, reason: string]>([
    [
      'that fails',
      async function* () {
        yield 'a';
        throw new Error('the disk is gone');
      },
      {},
      'its file "in" could not be read completely, because the disk is gone',
    ],
    [
      'that stalls',
      async function* () {
        yield 'a';
        await new Promise(() => undefined);
      },
      { timeoutMs: 300 },
      'it kept the job waiting for longer than limits.timeoutMs = 300 ms',
    ],
    ['that trickles', () => slowly(Array(100).fill('a'), 50), { timeoutMs: 300 }, 'kept the job waiting'],
    [
      'that never ends',
      async function* () {
        for (;;) yield Buffer.alloc(300_000);
      },
      { diskMb: 2 },
      'it does not fit the disk (limits.diskMb is 2)',
    ],
    [
      'of what is no bytes',
      async function* () {
        yield { evil: true } as unknown as string;
      },
      {},
      'it yielded object instead of text or bytes',
    ],
    [
      'whose iterator cannot be had',
      () => ({
        [Symbol.asyncIterator]() {
          throw new Error('no iterator');
        },
      }),
      {},
      'no iterator',
    ],
  ])('%s refuses the request before anything ran', async (_, content, limits, reason) => {
    const { end, failure, chunks } = await send(content(), limits);
    expect(failure).toMatchObject({
      code: 'INVALID_REQUEST',
      ran: 'no',
      message: expect.stringContaining(reason) as string,
    });
    expect(end.verdict?.end).toBe('cancelled');
    expect(chunks.filter(({ length }) => length === 0)).toEqual([]);
  });

  test('is released when the call is cancelled', async () => {
    let returned = false;
    const content: AsyncIterable<string> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          returned = true;
          return { done: true, value: undefined };
        },
      }),
    };
    const { end, failure } = await send(content, {}, AbortSignal.timeout(100));
    expect([end.stopped, failure?.code]).toEqual(['cancelled', 'CANCELLED']);
    await expect.poll(() => returned).toBe(true);
  });

  test('of 64 MiB is never in memory as a whole', async () => {
    const block = Buffer.alloc(1_048_576, 1);
    collectGarbage();
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const far = openScriptedCell();
    const { send: sendOn } = far.cell;
    let isLast = false;
    const cell = {
      ...far.cell,
      async send(kind: number, payload: Uint8Array) {
        isLast = kind === engineKinds.files && payload.length === 0;
        if (isLast) far.say(cellKinds.verdict, verdictOf());
        if (kind !== engineKinds.files) await sendOn(kind, payload);
        // Simulates a cell that needs a moment.
        else await new Promise(setImmediate);
      },
    };
    const content = async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 64; i += 1) {
        if (i % 8 === 7) {
          collectGarbage();
          most = Math.max(most, process.memoryUsage().arrayBuffers - before);
        }
        yield block;
      }
    };
    const limits = { ...defaultLimits, diskMb: 100 };
    await converse(cell, jobOf({ files: [{ path: 'in', content: content() }], limits }), sinks);
    expect(isLast).toBe(true);
    expect(most).toBeLessThan(8_000_000);
  });
});

test('a cell may not send an archive in which files continue', async () => {
  const { chunks } = await send(slowly(['x'.repeat(100_000)]));
  const reader = new ArtifactReader({ limits: defaultLimits, signal: undefined }, createRedactor({}, {}));
  reader.read(Readable.from(chunks));
  // The second piece counts as a second file of the same name.
  expect(await reader.finish()).toMatchObject({ artifacts: [{ bytes: 65_536 }], dropped: 1 });
});
