/** One form of something that the guest showed; see `docs/displays.md`. */
export interface Display {
  /** Counts what was shown, from 1: the forms of one thing (a table as JSON and as text) have one number. */
  readonly group: number;
  /** Lower case, without parameters, and checked against the data: `image/png`, `text/html`, … */
  readonly mediaType: string;
  /** Text for media types that are text (JSON and SVG among them), redacted; bytes for all others. */
  readonly data: string | Uint8Array;
}

/** The most displays of one job. One is bounded by `fileMb`, all together by `diskMb`. */
export const displaysMax = 256;
/** The longest media type. */
export const mediaTypeMax = 127;
/** The longest text beside a progress, in UTF-16 units; cells send at most as many bytes as {@link progressBytesMax}. */
export const progressTextMax = 256;
/** Far more than is kept: what is cut off before it is redacted must not show. */
export const progressBytesMax = 4_096;
/** Cells say how far a job is this often at most, in milliseconds; the latest word counts. */
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

/** The media type without its parameters and in lower case; `undefined` where it is none. */
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
