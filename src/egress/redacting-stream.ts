import { Transform, type TransformCallback } from 'node:stream';
import type { StreamRedactor } from '../redaction/redactor.ts';

/** Bytes through a redactor of texts. Each byte is one character (Latin-1), so all that is not redacted stays as it is. */
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
