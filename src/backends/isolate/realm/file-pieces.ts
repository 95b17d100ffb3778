import type { ByteText } from './encoding.ts';
import type { Intrinsics } from './intrinsics.ts';

/** Asks the host something about a file; the answer without the sign in front of it. */
export type AskFile = (question: string, path: string, detail?: string) => string;

/**
 * Passes the content of files between realm and host. A file crosses in pieces: as one text it would take its own size two
 * or three times over, out of the guest's memory.
 */
export interface FilePieces {
  /** The content of a file that the host has. */
  bring(path: string): Uint8Array;
  /** Hands over a file of `bytes` bytes; `read` gives `length` of them, from `at` on. The host has the file once it was asked `last`. */
  handOver(path: string, bytes: number, read: (at: number, length: number) => Uint8Array, last: string): void;
}

/** Makes these functions for one realm. */
export function createFilePieces(
  { codeAt }: Pick<Intrinsics, 'codeAt'>,
  { fromBytes }: Pick<ByteText, 'fromBytes'>,
  ask: AskFile,
): FilePieces {
  const pieceBytes = 262_144;
  return {
    bring(path) {
      const content = new Uint8Array(+ask('size', path));
      for (let at = 0; at < content.length; ) {
        const text = ask('read-piece', path, `${at}`);
        if (text === '') throw new Error(`"${path}" could not be read completely.`);
        for (let index = 0; index < text.length; index += 1) content[at + index] = codeAt(text, index);
        at += text.length;
      }
      return content;
    },
    handOver(path, bytes, read, last) {
      let at = 0;
      for (; bytes - at > pieceBytes; at += pieceBytes) ask('piece', path, fromBytes(read(at, pieceBytes)));
      ask(last, path, fromBytes(read(at, bytes - at)));
    },
  };
}
