import { Transform, type TransformCallback } from 'node:stream';

/** Bytes that are kept of the runner's error output. */
export const diagnosticsMaxBytes = 8_192;

/** Bytes before each payload: stream, three zeros, u32 length (big-endian). */
const headerBytes = 8;
const streams = { stdout: 1, stderr: 2, daemon: 3 } as const;

/**
 * Splits a container's attached output: stdout is passed on, and the end of stderr is kept for {@link
 * DockerDemux.diagnostics}. Payloads are passed on as views of the received chunks, whatever length Docker announces,
 * so at most one header is buffered. Back pressure reaches the daemon.
 */
export class DockerDemux extends Transform {
  readonly #header = Buffer.alloc(headerBytes);
  #headerLength = 0;
  #stream = 0;
  /** Bytes of the current payload that have not arrived yet. */
  #left = 0;
  #complaints: Uint8Array[] = [];
  #complaintsBytes = 0;

  /** The end of the stderr output of the runner, or of the daemon about it. */
  get diagnostics(): string {
    return Buffer.concat(this.#complaints).subarray(-diagnosticsMaxBytes).toString().trim();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    let offset = 0;
    while (offset < chunk.length) {
      if (this.#left > 0) {
        const payload = chunk.subarray(offset, offset + this.#left);
        this.#left -= payload.length;
        offset += payload.length;
        if (this.#stream === streams.stdout) this.push(payload);
        else this.#complain(payload);
        continue;
      }
      const copied = chunk.copy(this.#header, this.#headerLength, offset, offset + headerBytes - this.#headerLength);
      this.#headerLength += copied;
      offset += copied;
      if (this.#headerLength < headerBytes) break;
      this.#headerLength = 0;
      this.#stream = this.#header.readUInt8(0);
      this.#left = this.#header.readUInt32BE(4);
      if (this.#stream < streams.stdout || this.#stream > streams.daemon) {
        done(new Error(`Docker sent a frame of the unknown stream ${this.#stream}`));
        return;
      }
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    const cut = this.#left > 0 || this.#headerLength > 0;
    done(cut ? new Error('Docker ended the stream in the middle of a frame') : null);
  }

  #complain(text: Buffer): void {
    // Copied, because a view would keep the whole received chunk in memory.
    this.#complaints.push(Buffer.from(text.subarray(-diagnosticsMaxBytes)));
    this.#complaintsBytes += Math.min(text.length, diagnosticsMaxBytes);
    if (this.#complaintsBytes <= 2 * diagnosticsMaxBytes) return;
    const kept = Buffer.concat(this.#complaints).subarray(-diagnosticsMaxBytes);
    this.#complaints = [Buffer.from(kept)];
    this.#complaintsBytes = kept.length;
  }
}
