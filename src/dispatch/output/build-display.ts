import { isUtf8 } from 'node:buffer';
import { type Display, isJsonType, isTextType, parseMediaType } from '../../contract/api/display.ts';
import { parseJson } from '../../contract/schema/json-text.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { matchesSignature, mediaTypeOf } from '../../support/media-type.ts';

const unknownBytes = 'application/octet-stream';

/**
 * Builds a display for the caller. The guest's media type is used only if the data supports it: text must be UTF-8,
 * JSON must parse, and a format with a signature must start with it. Without a valid media type, the data decides.
 */
export function buildDisplay(group: number, declared: string, content: Buffer, redactor: Redactor): Display {
  // A secret could also be in the name of a type.
  const named = redactor.text('display', declared) === declared ? parseMediaType(declared) : undefined;
  const mediaType = named ?? mediaTypeOf('', content);
  if (!isTextType(mediaType)) {
    const data = redactor.bytes('display', content);
    return { group, mediaType: matchesSignature(mediaType, data) ? mediaType : unknownBytes, data };
  }
  if (!isUtf8(content)) return { group, mediaType: unknownBytes, data: redactor.bytes('display', content) };
  const text = content.toString();
  if (!isJsonType(mediaType)) return { group, mediaType, data: redactor.text('display', text) };
  const value = parseJson(text);
  if (value === undefined) return { group, mediaType: 'text/plain', data: redactor.text('display', text) };
  const clean = JSON.stringify(redactor.value('display', value));
  // The guest's own text keeps the digits of long numbers. A repeated member is only visible in that text.
  const isClean = clean === JSON.stringify(value) && redactor.text('display', text) === text;
  return { group, mediaType, data: isClean ? text : clean };
}
