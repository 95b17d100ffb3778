import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished, pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DockerDemux, diagnosticsMaxBytes } from '../../../../../src/backends/docker/daemon/demux.ts';

function encode(stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

/** Cuts bytes at the given places, which may repeat (an empty chunk) and may be anywhere. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

async function takeApart(chunks: readonly Buffer[]): Promise<{ stdout: Buffer; diagnostics: string }> {
  const demux = new DockerDemux();
  const [stdout] = await Promise.all([buffer(demux), pipeline(Readable.from(chunks), demux)]);
  return { stdout, diagnostics: demux.diagnostics };
}

describe('DockerDemux', () => {
  test('separates any frames under every chunking', async () => {
    const frame = fc.tuple(fc.constantFrom(1, 2, 3), fc.uint8Array({ maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(frame), fc.array(fc.nat()), async (frames, places) => {
        const wire = Buffer.concat(frames.map(([stream, payload]) => encode(stream, payload)));
        const { stdout, diagnostics } = await takeApart(cut(wire, places));
        const sent = (wanted: (stream: number) => boolean): Buffer =>
          Buffer.concat(frames.filter(([stream]) => wanted(stream)).map(([, payload]) => payload));
        expect(stdout).toEqual(sent((stream) => stream === 1));
        expect(diagnostics).toBe(
          sent((stream) => stream !== 1)
            .toString()
            .trim(),
        );
      }),
    );
  });

  test('keeps the end of stderr, whatever arrives', async () => {
    const complaints = Array.from({ length: 2_000 }, (_, index) => encode(2, Buffer.from(`complaint ${index}\n`)));
    const { diagnostics } = await takeApart([encode(2, Buffer.alloc(100_000, 'x')), ...complaints]);
    expect(diagnostics.length).toBeLessThanOrEqual(diagnosticsMaxBytes);
    expect(diagnostics.length).toBeGreaterThan(diagnosticsMaxBytes - 32);
    expect(diagnostics).toMatch(/complaint 1998\ncomplaint 1999$/);
  });

  test('holds back its source while nobody reads', async () => {
    let taken = 0;
    const chunk = encode(1, Buffer.alloc(65_536));
    const source = new Readable({
      highWaterMark: 1,
      read() {
        taken += 1;
        this.push(chunk);
      },
    });
    const demux = new DockerDemux();
    source.pipe(demux);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(taken).toBeLessThan(10);
    source.destroy();
    demux.destroy();
  });

  test('passes on the received part of a payload that never ends', async () => {
    const demux = new DockerDemux();
    const header = Buffer.from([1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
    demux.write(Buffer.concat([header, Buffer.from('begin')]));
    expect(String(demux.read())).toBe('begin');
    demux.destroy();
  });

  test.each([
    ['an unknown stream', Buffer.from([7, 0, 0, 0, 0, 0, 0, 0]), 'Docker sent a frame of the unknown stream 7'],
    ['stdin', Buffer.from([0, 0, 0, 0, 0, 0, 0, 0]), 'Docker sent a frame of the unknown stream 0'],
    ['a cut header', Buffer.from([1, 0, 0]), 'Docker ended the stream in the middle of a frame'],
    ['a cut payload', encode(1, Buffer.from('all')).subarray(0, 9), 'Docker ended the stream in the middle of a frame'],
  ])('fails on %s', async (_, wire, message) => {
    const demux = new DockerDemux();
    demux.resume();
    demux.end(wire);
    await expect(finished(demux)).rejects.toThrow(message);
  });
});
