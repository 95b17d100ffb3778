/**
 * The two messages about what a guest displays, big-endian.
 *
 *     display    u8 1 starts, 2 ends, 3 both | if it starts: u32 group | u8 length of its media type | media type
 *                | bytes
 *     progress   f64 fraction | text
 *
 * A display is sent in pieces, so that no cell has to hold a whole one. If another display starts before its end, it is
 * dropped. Group numbers never decrease. If the media type is empty, the engine detects it from the data.
 */
import { mediaTypeMax, progressBytesMax } from '../../contract/api/display.ts';

/** One piece of a display. */
export interface DisplayPiece {
  /** Set in the first piece of a display. */
  readonly head: { readonly group: number; readonly mediaType: string } | undefined;
  readonly isLast: boolean;
  readonly bytes: Uint8Array;
}

/** The guest's progress, with its own text. */
export interface ProgressMessage {
  /** 0 to 1. */
  readonly fraction: number;
  readonly text: string;
}

const beginsFlag = 1;
const endsFlag = 2;
const headBytes = 6;
/** Most bytes of a display in one piece. */
const pieceBytes = 65_536;

/** The messages of one display. */
export function* encodeDisplay(group: number, mediaType: string, content: Uint8Array): Generator<Uint8Array> {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(group, 1);
  head.writeUInt8(Buffer.byteLength(mediaType), 5);
  let at = 0;
  do {
    const end = Math.min(at + pieceBytes, content.length);
    const flags = (at === 0 ? beginsFlag : 0) | (end === content.length ? endsFlag : 0);
    const bytes = content.subarray(at, end);
    if (at === 0) {
      head.writeUInt8(flags, 0);
      yield Buffer.concat([head, Buffer.from(mediaType), bytes]);
    } else yield Buffer.concat([Buffer.of(flags), bytes]);
    at = end;
  } while (at < content.length);
}

/** The piece, or `undefined` if the bytes are malformed. */
export function parseDisplayPiece(payload: Uint8Array): DisplayPiece | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  const flags = bytes[0];
  if (flags === undefined || flags > (beginsFlag | endsFlag)) return undefined;
  const isLast = (flags & endsFlag) !== 0;
  if ((flags & beginsFlag) === 0) return { head: undefined, isLast, bytes: bytes.subarray(1) };
  const typeEnd = headBytes + (bytes[5] ?? 0);
  if (bytes.length < typeEnd || typeEnd > headBytes + mediaTypeMax) return undefined;
  const head = { group: bytes.readUInt32BE(1), mediaType: bytes.toString('utf8', headBytes, typeEnd) };
  return { head, isLast, bytes: bytes.subarray(typeEnd) };
}

export function encodeProgress({ fraction, text }: ProgressMessage): Uint8Array {
  const head = Buffer.alloc(8);
  head.writeDoubleBE(fraction, 0);
  return Buffer.concat([head, Buffer.from(text).subarray(0, progressBytesMax)]);
}

/** The message, or `undefined` if the bytes are malformed. */
export function parseProgress(payload: Uint8Array): ProgressMessage | undefined {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (bytes.length < 8 || bytes.length > 8 + progressBytesMax) return undefined;
  const fraction = bytes.readDoubleBE(0);
  return fraction >= 0 && fraction <= 1 ? { fraction, text: bytes.toString('utf8', 8) } : undefined;
}
