import type { Display } from '../contract/api/display.ts';
import type { ExecutionResult } from '../contract/api/result.ts';

/** A file in a result. */
export interface ResultFile {
  /** Relative and without `..`: the engine has checked an artifact's path. */
  readonly path: string;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** File name endings of displays; other text gets `.txt`, other bytes `.bin`. */
const endings: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'application/pdf': '.pdf',
  'application/vnd.hotcell.table+json': '.json',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/svg+xml': '.svg',
  'image/webp': '.webp',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/latex': '.tex',
  'text/markdown': '.md',
};

/** The artifacts in a result, then the guest's displays as `display-1.png` and so on. */
export function filesOf({ artifacts, deliveredArtifacts = [], displays }: ExecutionResult): readonly ResultFile[] {
  const taken = new Set([...artifacts, ...deliveredArtifacts].map(({ path }) => path));
  const shown = displays.map((display, index): ResultFile => {
    const { mediaType } = display;
    let path = `display-${index + 1}${endingOf(display)}`;
    while (taken.has(path)) path = `shown-${path}`;
    return { path, mediaType, content: Buffer.from(display.data) };
  });
  return [...artifacts, ...shown];
}

function endingOf({ mediaType, data }: Display): string {
  return (Object.hasOwn(endings, mediaType) && endings[mediaType]) || (typeof data === 'string' ? '.txt' : '.bin');
}

/** The text about files that were not returned, if any. Files that could not be written are reported one by one. */
export function describeLeftOut({ truncated, lostArtifacts = [] }: ExecutionResult): string | undefined {
  const count = truncated.artifacts - lostArtifacts.length;
  if (count <= 0) return undefined;
  const files = count === 1 ? '1 file' : `${count} files`;
  return `${files} left out: too large or too many, a link, or a file or link where a folder such as output is expected`;
}
