import type { ByteText } from '../../../isolate/realm/encoding.ts';
import type { Intrinsics } from '../../../isolate/realm/intrinsics.ts';
import type { CurlField, CurlPart, CurlWords } from './curl-words.ts';
import type { BashContext } from './tool-command.ts';

/** The body that `curl` sends, one character per byte, and its media type. */
export interface CurlBody {
  readonly bytes: string;
  readonly type: string;
}

/** Makes the function that builds the body of a `curl` call. It rejects if a file cannot be read. */
export function createCurlBody(
  { split, join, indexOf, slice, fromCodes }: Intrinsics,
  { fromBytes }: ByteText,
): (read: CurlWords, context: BashContext) => Promise<CurlBody | undefined> {
  const encoder = new TextEncoder();
  const bytesOf = (text: string): string => fromBytes(encoder.encode(text));
  const hex = '0123456789ABCDEF';
  /** Percent-encodes all bytes that may not appear literally in a URL. */
  const percent = (bytes: string): string => {
    let text = '';
    for (let index = 0; index < bytes.length; index += 1) {
      const code = bytes.charCodeAt(index);
      const isPlain = /[A-Za-z0-9._~-]/u.test(fromCodes([code]));
      text += isPlain ? fromCodes([code]) : `%${hex[code >> 4]}${hex[code & 15]}`;
    }
    return text;
  };
  const readFile = async (path: string, { fs, cwd, stdin }: BashContext): Promise<string> =>
    path === '-' ? stdin : fromBytes(await fs.readFileBuffer(fs.resolvePath(cwd, path)));
  const partOf = async ({ text, file, form, name }: CurlPart, context: BashContext): Promise<string> => {
    const bytes = file === undefined ? bytesOf(text ?? '') : await readFile(file, context);
    if (form === 'lines-joined') return join(split(join(split(bytes, '\r'), ''), '\n'), '');
    if (form === 'as-is') return bytes;
    return name === undefined ? percent(bytes) : `${name}=${percent(bytes)}`;
  };
  const fieldOf = async (field: CurlField, boundary: string, context: BashContext): Promise<string> => {
    const { name, text, file, isUpload, type } = field;
    const bytes = file === undefined ? bytesOf(text ?? '') : await readFile(file, context);
    const quoted = (value: string): string => `"${join(split(bytesOf(value), '"'), '%22')}"`;
    let head = `--${boundary}\r\nContent-Disposition: form-data; name=${quoted(name)}`;
    if (isUpload) head += `; filename=${quoted(split(file ?? '', '/').at(-1) ?? '')}`;
    const given = type ?? (isUpload ? 'application/octet-stream' : undefined);
    if (given !== undefined) head += `\r\nContent-Type: ${bytesOf(given)}`;
    return `${head}\r\n\r\n${bytes}\r\n`;
  };
  return async (read, context) => {
    const { parts, fields, options } = read;
    if (options['upload-file'] !== undefined) {
      return { bytes: await readFile(options['upload-file'], context), type: '' };
    }
    if (fields.length > 0) {
      const boundary = `------------------------${crypto.randomUUID()}`;
      let bytes = '';
      for (const field of fields) bytes += await fieldOf(field, boundary, context);
      return { bytes: `${bytes}--${boundary}--\r\n`, type: `multipart/form-data; boundary=${boundary}` };
    }
    if (parts.length === 0) return undefined;
    const texts: string[] = [];
    for (const part of parts) texts.push(await partOf(part, context));
    if (options.get !== undefined) {
      const query = join(texts, '&');
      read.urls.forEach((url, index) => {
        const at = indexOf(url, '#');
        const address = at < 0 ? url : slice(url, 0, at);
        read.urls[index] = `${address}${indexOf(address, '?') < 0 ? '?' : '&'}${query}`;
      });
      return undefined;
    }
    if (options.json !== undefined) return { bytes: join(texts, ''), type: 'application/json' };
    return { bytes: join(texts, '&'), type: 'application/x-www-form-urlencoded' };
  };
}
