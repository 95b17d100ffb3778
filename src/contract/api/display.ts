/** One form of something that the guest displayed; see `docs/displays.md`. */
export interface Display {
  /** Number of the displayed thing, from 1. All its forms (a table as JSON and as text) have the same number. */
  readonly group: number;
  /** Lower case, without parameters, checked against the data: `image/png`, `text/html`, … */
  readonly mediaType: string;
  /** Redacted text for text types (including JSON and SVG); bytes for all others. */
  readonly data: string | Uint8Array;
}

/** Most displays of one job. Each is limited by `fileMb`, all together by `diskMb`. */
export const displaysMax = 256;
/** Longest media type, in characters. */
export const mediaTypeMax = 127;
/** Longest text of a progress message, in UTF-16 units; cells send at most {@link progressBytesMax} bytes. */
export const progressTextMax = 256;
/** Much more than is kept: a secret must not be cut before it is redacted, or a part of it would show. */
export const progressBytesMax = 4_096;
/** Shortest time between two progress messages of a cell, in milliseconds; the latest one counts. */
export const progressPaceMs = 50;

const mediaTypePattern = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
const textSubtypes = new Set([
  'application/ecmascript',
  'application/javascript',
  'application/json',
  'application/jsonl',
  'application/toml',
  'application/xml',
  'application/yaml',
]);

/** The media type in lower case, without its parameters; `undefined` if it is malformed. */
export function parseMediaType(text: string): string | undefined {
  const [type = ''] = text.split(';', 1);
  const mediaType = type.trim().toLowerCase();
  return mediaType.length <= mediaTypeMax && mediaTypePattern.test(mediaType) ? mediaType : undefined;
}

/** Whether data of this type is text. */
export function isTextType(mediaType: string): boolean {
  return mediaType.startsWith('text/') || /\+(?:json|xml)$/.test(mediaType) || textSubtypes.has(mediaType);
}

/** Whether data of this type is JSON text. */
export function isJsonType(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}
