import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cellKinds,
  encodeMessage,
  type Frame,
  FrameDecoder,
  headerBytes,
  ProtocolError,
  payloadMaxBytes,
} from '../../../../src/cells/protocol/frame-codec.ts';
import { cutInto } from '../../../support/chunks.ts';

const message = fc.record({
  job: fc.integer({ min: 0, max: 0xffff_ffff }),
  kind: fc.integer({ min: 0, max: 0x7f }),
  payload: fc.uint8Array({ maxLength: 300 }),
});

/** The frames, with pieces of streamed ones joined. */
function joined(frames: readonly Frame[]): Frame[] {
  const whole: Frame[] = [];
  for (const frame of frames) {
    const open = whole.at(-1);
    if (open?.more) whole[whole.length - 1] = { ...frame, payload: Buffer.concat([open.payload, frame.payload]) };
    else whole.push(frame);
  }
  return whole;
}

describe('frame codec', () => {
  test('encoded messages survive, however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(400)), (messages, cuts) => {
        const bytes = Buffer.concat(messages.flatMap(({ job, kind, payload }) => encodeMessage(job, kind, payload)));
        const decoder = new FrameDecoder();
        const frames = joined(cutInto(bytes, cuts).flatMap((chunk) => decoder.push(chunk)));
        expect(frames.map(({ payload, ...frame }) => ({ ...frame, payload: [...payload] }))).toEqual(
          messages.map(({ payload, ...rest }) => ({ ...rest, more: false, payload: [...payload] })),
        );
        expect(decoder.atBoundary).toBe(true);
      }),
    );
  });

  test('a long message is split into frames of at most 1 MiB, the last one without the more flag', () => {
    const payload = Buffer.alloc(2 * payloadMaxBytes + 5, 7);
    const decoder = new FrameDecoder();
    const frames = decoder.push(Buffer.concat(encodeMessage(3, 20, payload)));
    expect(frames.map(({ more, payload: part }) => [more, part.length])).toEqual([
      [true, payloadMaxBytes],
      [true, payloadMaxBytes],
      [false, 5],
    ]);
    expect(payloadMaxBytes + headerBytes).toBe(1_048_576);
  });

  test('a stream is passed on as it arrives, in the same pieces', () => {
    const decoder = new FrameDecoder();
    const bytes = Buffer.concat([
      ...encodeMessage(1, cellKinds.stdout, Buffer.from('first and second')),
      ...encodeMessage(1, cellKinds.verdict, Buffer.from('{}')),
    ]);
    const seen = [bytes.subarray(0, 14), bytes.subarray(14, 20), bytes.subarray(20)].map((chunk) =>
      decoder.push(chunk).map(({ kind, more, payload }) => [kind, more, Buffer.from(payload).toString()]),
    );
    expect(seen).toEqual([
      [[cellKinds.stdout, true, 'first']],
      [[cellKinds.stdout, true, ' and s']],
      [
        [cellKinds.stdout, false, 'econd'],
        [cellKinds.verdict, false, '{}'],
      ],
    ]);
    decoder.push(bytes.subarray(0, 14));
    expect(decoder.atBoundary).toBe(false);
  });

  test('a length above the bound is a protocol error before any payload arrives', () => {
    const header = Buffer.alloc(headerBytes);
    header.writeUInt32BE(payloadMaxBytes + 1, 0);
    expect(() => new FrameDecoder().push(header)).toThrow(ProtocolError);
  });

  test('arbitrary bytes give frames or a protocol error, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fc.array(fc.nat(100)), (bytes, cuts) => {
        const decoder = new FrameDecoder();
        try {
          for (const chunk of cutInto(bytes, cuts)) decoder.push(chunk);
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError);
        }
      }),
    );
  });
});
