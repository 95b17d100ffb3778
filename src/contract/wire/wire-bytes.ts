import { createHash } from 'node:crypto';
import { z } from 'zod';
import { HotcellError } from '../api/errors.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';

/** Bytes in the message itself. */
export interface InlineBytes {
  readonly base64: string;
}

/** Content that is kept elsewhere. Only the carrier that stored it understands `ref`. */
export interface ContentReference {
  /** 1 to 2 048 characters: a link, the key of a blob, … */
  readonly ref: string;
  /** Size of the content in bytes; for text, as UTF-8. */
  readonly sizeBytes: number;
  /** SHA-256 of the content, in hex. */
  readonly sha256: string;
  /** The content is UTF-8 text. Absent for bytes. */
  readonly text?: true | undefined;
}

/** Bytes as JSON. Text stays a string, unless it is sent by reference. */
export type WireBytes = InlineBytes | ContentReference;

/** How to send and receive the content of a message. */
export interface WireOptions {
  /**
   * Most bytes of content, in total, that stay in the message; `store` gets the rest. Default 1 048 576. Without
   * `store` all content stays in the message.
   */
  readonly inlineMaxBytes?: number | undefined;
  /** Keeps content for the reader and returns its `ref`. Called for one piece after another. */
  readonly store?: ((content: Uint8Array, about: Omit<ContentReference, 'ref'>) => Promise<string>) | undefined;
  /**
   * Loads content that the message refers to. A reader of messages from strangers must load only content that it stored
   * for the same tenant, and at most `sizeBytes` of it. Without `load` a reference is refused.
   */
  readonly load?: ((reference: ContentReference) => Promise<Uint8Array>) | undefined;
}

/** Default of `inlineMaxBytes`: 1 MiB. */
export const inlineMaxBytesDefault = 1_048_576;

/** Checks {@link WireBytes}; the base64 itself is checked when it is decoded. */
export const wireBytesSchema: z.ZodType<WireBytes, WireBytes> = z.union([
  z.strictObject({ base64: z.string().meta({ contentEncoding: 'base64' }) } satisfies ShapeOf<InlineBytes>),
  z.strictObject({
    ref: z.string().min(1).max(2_048),
    sizeBytes: z.number().int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hex'),
    text: z.literal(true).optional(),
  } satisfies ShapeOf<ContentReference>),
]);

/** Puts the content of one message into it as far as it fits, and stores the rest. */
export class ContentPacker {
  readonly #store: WireOptions['store'];
  readonly #waiting: (() => Promise<void>)[] = [];
  #leftBytes: number;

  constructor({ inlineMaxBytes = inlineMaxBytesDefault, store }: WireOptions) {
    this.#leftBytes = inlineMaxBytes;
    this.#store = store;
  }

  /** The wire form of a piece of content. References are complete only after {@link finish}. */
  pack(content: string | Uint8Array): string | WireBytes {
    const isText = typeof content === 'string';
    const sizeBytes = isText ? Buffer.byteLength(content) : content.length;
    const store = this.#store;
    // UTF-8 cannot represent a lone surrogate; JSON can.
    if (!store || sizeBytes <= this.#leftBytes || (isText && !content.isWellFormed())) {
      this.#leftBytes -= sizeBytes;
      return isText ? content : { base64: bufferOf(content).toString('base64') };
    }
    const bytes = isText ? Buffer.from(content) : content;
    const about = { sizeBytes, sha256: hashOf(bytes), ...(isText && { text: true as const }) };
    const reference = { ref: '', ...about };
    this.#waiting.push(async () => {
      reference.ref = await store(bytes, about);
    });
    return reference;
  }

  /** Stores the content that did not fit. Rejects as `store` does. */
  async finish(): Promise<void> {
    for (const task of this.#waiting) await task();
  }
}

/**
 * Decodes or loads one piece of content.
 * @throws {HotcellError} `INVALID_REQUEST` if the piece is malformed or there is no `load`; whatever `load` throws.
 */
export async function unpackContent(
  piece: WireBytes,
  path: string,
  load: WireOptions['load'],
): Promise<string | Uint8Array> {
  if ('base64' in piece) {
    const bytes = Buffer.from(piece.base64, 'base64');
    // Node skips characters that are not base64, so a length mismatch shows malformed text.
    if (bytes.length === base64Bytes(piece.base64)) return plain(bytes);
    throw new HotcellError('INVALID_REQUEST', `The message is invalid: ${path}.base64 is not base64.`);
  }
  if (!load) {
    const why = `${path} is a reference, and this reader was given no function to load it`;
    throw new HotcellError('INVALID_REQUEST', `The message cannot be read: ${why}.`);
  }
  const bytes = await load(piece);
  if (bytes.length !== piece.sizeBytes || hashOf(bytes) !== piece.sha256) {
    throw new HotcellError(
      'INVALID_REQUEST',
      `The message cannot be read: the loaded content of ${path} does not have the size and SHA-256 of its reference.`,
    );
  }
  return piece.text ? bufferOf(bytes).toString() : plain(bytes);
}

/** Number of bytes that valid base64 of this length encodes; `NaN` if no valid base64 has it. */
function base64Bytes(text: string): number {
  if (text.length % 4 !== 0) return Number.NaN;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  return (text.length / 4) * 3 - padding;
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** The same bytes without the methods of `Buffer`, on which readers could come to rely. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}
