/**
 * The characters beside an encoded secret that hold bits of it and bits of what stands beside it (`DenseForm`). Base64
 * may be broken into lines, and be escaped for an address or for JSON.
 */

/** At most so many characters of a line end are passed over. */
const gapMax = 2;
/** A line of base64 that was broken is at least so long. */
const lineMin = 16;
/** One character of base64, also as `%2B`, `%2F`, `\\/`; or the begin of one of them at the end of the text. */
const unit = /(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\\/)|(?:%2?|\\)$/y;

/** Where the next `count` characters of base64 after `from` end, as far as they are there. */
export function tailFrom(
  text: string,
  from: number,
  count: number,
): { readonly end: number; readonly missing: number } {
  let end = from;
  for (let missing = count; missing > 0; missing -= 1) {
    const at = afterLineEnd(text, end);
    if (at >= text.length) return { end, missing };
    unit.lastIndex = at;
    const [found] = unit.exec(text) ?? [];
    if (found === undefined) break;
    if (isCut(found)) return { end, missing };
    end = at + found.length;
  }
  return { end, missing: 0 };
}

/** So much of what stood before a text is to be known, for {@link headBefore}. */
export const contextMax: number = lineMin + gapMax;

/**
 * Index of the character before `index` that can be the head of what begins there; `undefined` where there is none: it
 * stands in base64 itself. Line ends are passed over only behind what looks like a line of base64, since the ends of all
 * other lines are to be shown at once. `context`: what stood before `text`.
 */
export function headBefore(text: string, index: number, context: string): number | undefined {
  const codeAt = (at: number): number => (at < 0 ? context.charCodeAt(context.length + at) : text.charCodeAt(at));
  /** Where the characters before `end` end that belong to the same base64. */
  const joined = (end: number): number | undefined => {
    let before = end;
    while (end - before < gapMax && isLineEnd(codeAt(before - 1))) before -= 1;
    const least = before < end ? lineMin : 1;
    for (let run = 1; run <= least; run += 1) if (!isBase64(codeAt(before - run))) return undefined;
    return before;
  };
  const end = joined(index);
  if (end === undefined || end < 1 || joined(end - 1) === undefined) return undefined;
  return end - 1;
}

function afterLineEnd(text: string, from: number): number {
  let at = from;
  while (at - from < gapMax && isLineEnd(text.charCodeAt(at))) at += 1;
  return at;
}

/** Whether it may go on in text that is still to come. */
function isCut(found: string): boolean {
  return found === '%' || found === '%2' || found === '\\';
}

function isLineEnd(code: number): boolean {
  return code === 10 || code === 13;
}

function isBase64(code: number): boolean {
  const isLetter = (code | 32) >= 97 && (code | 32) <= 122;
  return isLetter || (code >= 47 && code <= 57) || code === 43 || code === 45 || code === 95;
}
