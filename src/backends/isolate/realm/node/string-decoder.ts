import type { Kit } from './kit.ts';

/** Makes `string_decoder`: text from bytes that come in pieces. */
export function createStringDecoder({ load }: Kit): object {
  interface NodeBuffer extends Uint8Array {
    toString(encoding?: string): string;
  }
  const { Buffer } = load('buffer') as {
    Buffer: { from(given: unknown, encoding?: unknown): NodeBuffer; concat(list: readonly Uint8Array[]): NodeBuffer };
  };
  /** How many bytes at the end begin a character that is not whole. */
  const unfinished = (bytes: Uint8Array, encoding: string): number => {
    if (encoding === 'utf16le') {
      const odd = bytes.length % 2;
      const high = bytes[bytes.length - odd - 1] ?? 0;
      return bytes.length - odd >= 2 && high >= 0xd8 && high <= 0xdb ? odd + 2 : odd;
    }
    if (encoding === 'base64' || encoding === 'base64url') return bytes.length % 3;
    if (encoding !== 'utf8') return 0;
    for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
      const byte = bytes[bytes.length - back] ?? 0;
      if ((byte & 0xc0) === 0x80) continue;
      const size =
        byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xc2 && byte < 0xe0 ? 2 : 1;
      return size > back ? back : 0;
    }
    return 0;
  };
  const names: Record<string, string> = {
    __proto__: null,
    'utf-8': 'utf8',
    ucs2: 'utf16le',
    'ucs-2': 'utf16le',
    'utf-16le': 'utf16le',
    binary: 'latin1',
  } as never;
  class StringDecoder {
    readonly encoding: string;
    #rest: Uint8Array = new Uint8Array(0);
    constructor(encoding: unknown = 'utf8') {
      const name = String(encoding ?? 'utf8').toLowerCase();
      this.encoding = names[name] ?? name;
      Buffer.from('', this.encoding);
    }
    write(given: unknown): string {
      if (typeof given === 'string') return given;
      const bytes = Buffer.concat([this.#rest, given as Uint8Array]);
      const left = unfinished(bytes, this.encoding);
      this.#rest = bytes.slice(bytes.length - left);
      return Buffer.from(bytes.subarray(0, bytes.length - left)).toString(this.encoding);
    }
    end(given?: unknown): string {
      const text = given === undefined ? '' : this.write(given);
      const rest = Buffer.from(this.#rest).toString(this.encoding);
      this.#rest = new Uint8Array(0);
      return text + rest;
    }
  }
  return { StringDecoder };
}
