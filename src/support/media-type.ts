import { isUtf8 } from 'node:buffer';
import { extname } from 'node:path';

/**
 * First bytes of formats that are not text, as Latin-1; `at` is their offset. From the WHATWG MIME Sniffing Standard.
 */
const signatures: readonly { readonly bytes: string; readonly at?: number; readonly mediaType: string }[] = [
  { bytes: '\x89PNG\r\n\x1a\n', mediaType: 'image/png' },
  { bytes: '\xff\xd8\xff', mediaType: 'image/jpeg' },
  { bytes: 'GIF87a', mediaType: 'image/gif' },
  { bytes: 'GIF89a', mediaType: 'image/gif' },
  { bytes: 'WEBP', at: 8, mediaType: 'image/webp' },
  { bytes: 'WAVE', at: 8, mediaType: 'audio/wav' },
  { bytes: '%PDF-', mediaType: 'application/pdf' },
  { bytes: 'PK\x03\x04', mediaType: 'application/zip' },
  { bytes: '\x1f\x8b\x08', mediaType: 'application/gzip' },
  { bytes: 'SQLite format 3\0', mediaType: 'application/vnd.sqlite3' },
  { bytes: 'PAR1', mediaType: 'application/vnd.apache.parquet' },
];

/** Formats recognised by the file name: text, and archives whose first bytes only say `zip`. */
const endings: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.css': 'text/css',
  '.docx': 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.md': 'text/markdown',
  '.mjs': 'text/javascript',
  '.pptx': 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  '.py': 'text/x-python',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.tsv': 'text/tab-separated-values',
  '.txt': 'text/plain',
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.xml': 'application/xml',
  '.yaml': 'application/yaml',
  '.yml': 'application/yaml',
};

const signatureReach = 16;
const zip = 'application/zip';

/**
 * Media type of a file: from its first bytes, then from the ending of its name, else `text/plain` for UTF-8 and
 * `application/octet-stream` for anything else. An ending never turns content that is not UTF-8 into text, so that
 * nobody shows such a file as a page. If the file is not in memory as a whole, `content` is its start and `isText` says
 * whether all of it is UTF-8.
 */
export function mediaTypeOf(path: string, content: Uint8Array, isText: boolean = isUtf8(content)): string {
  const signed = signatureOf(content);
  const ending = extname(path).toLowerCase();
  const ended = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (signed === zip && ended?.includes('officedocument')) return ended;
  if (signed) return signed;
  if (!isText) return ended === 'application/x-tar' ? ended : 'application/octet-stream';
  return ended?.includes('officedocument') ? 'text/plain' : (ended ?? 'text/plain');
}

/** Whether content can have that type: a format with a signature must start with it. */
export function matchesSignature(mediaType: string, content: Uint8Array): boolean {
  const isSigned = signatures.some((signature) => signature.mediaType === mediaType);
  return !isSigned || signatureOf(content) === mediaType;
}

function signatureOf(content: Uint8Array): string | undefined {
  const begin = Buffer.from(content.subarray(0, signatureReach)).toString('latin1');
  return signatures.find(({ bytes, at = 0 }) => begin.startsWith(bytes, at))?.mediaType;
}
