import { Transform, type TransformCallback } from 'node:stream';
import type { StreamRedactor } from '../redaction/redactor.ts';

/**
 * Passes bytes through a text redactor. Each byte is one character (Latin-1), so everything that is not redacted stays
 * unchanged.
 */
export class RedactingStream extends Transform {
  readonly #redactor: StreamRedactor;

  constructor(redactor: StreamRedactor) {
    super();
    this.#redactor = redactor;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    done(null, Buffer.from(this.#redactor.push(chunk.toString('latin1')), 'latin1'));
  }

  override _flush(done: TransformCallback): void {
    done(null, Buffer.from(this.#redactor.end(), 'latin1'));
  }
}
