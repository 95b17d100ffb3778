/**
 * Finds the characters beside an encoded secret that mix its bits with those of its neighbours (`DenseForm`). Base64
 * may be broken into lines, and escaped for a URL or JSON.
 */

/** Most characters of a line end that are skipped. */
const gapMax = 2;
/** Shortest line of broken base64. */
const lineMin = 16;
/** One character of base64, also as `%2B`, `%2F`, `\\/`; or the start of one of these at the end of the text. */
const unit = /(?:[A-Za-z0-9+/_-]|%2[BbFf]|\\\/)|(?:%2?|\\)$/y;

/** The end of the next `count` base64 characters after `from`, and how many of them have not arrived. */
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

/** Characters before a text that {@link headBefore} needs. */
export const contextMax: number = lineMin + gapMax;

/**
 * Index of the character before `index` that can be the head of an encoded form there; `undefined` if there is none,
 * since a head must itself stand in base64. Skips line ends only after something that looks like a line of base64,
 * because the ends of all other lines must be shown at once. `context`: the characters before `text`.
 */
export function headBefore(text: string, index: number, context: string): number | undefined {
  const codeAt = (at: number): number => (at < 0 ? context.charCodeAt(context.length + at) : text.charCodeAt(at));
  /** The end of the base64 that continues at `end`, before any line end. */
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

/** Whether it may be an escape that continues in later text. */
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
