import { HotcellError } from '../api/errors.ts';
import { printable } from '../schema/issues.ts';

/** Default for the largest text of a message: 64 MiB. */
export const wireTextMaxBytes = 67_108_864;
/** A user's JSON may be nested 500 levels deep; the rest is for the message around it. */
const depthMax = 510;

/**
 * Reads the JSON text of a message from a stranger: with bounds on size and depth, and without repeated names in an
 * object, which two readers could understand differently.
 * @throws {HotcellError} `INVALID_REQUEST`
 */
export function parseWireText(text: string, maxBytes: number = wireTextMaxBytes): unknown {
  if (text.length > maxBytes || Buffer.byteLength(text) > maxBytes)
    throw invalid(`it is larger than ${maxBytes} bytes`);
  checkStructure(text);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The parser's own message would quote the text.
    throw invalid('it is not JSON');
  }
}

/** Checks brackets and names. Text that is not JSON may pass: the parser refuses it afterwards. */
function checkStructure(text: string): void {
  /** The names in each open object; `undefined` for an array. */
  const open: (Set<string> | undefined)[] = [];
  for (let index = 0; index < text.length; index += 1) {
    switch (text.charCodeAt(index)) {
      case 0x22: {
        const end = endOfString(text, index);
        const names = open.at(-1);
        if (names && isFollowedByColon(text, end)) addName(names, text.slice(index, end + 1));
        index = end;
        break;
      }
      case 0x5b:
      case 0x7b:
        if (open.length >= depthMax) throw invalid(`it is nested deeper than ${depthMax} levels`);
        open.push(text.charCodeAt(index) === 0x7b ? new Set() : undefined);
        break;
      case 0x5d:
      case 0x7d:
        open.pop();
        break;
      default:
    }
  }
}

/** Index of the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === 0x5c) backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

function isFollowedByColon(text: string, end: number): boolean {
  for (let index = end + 1; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return code === 0x3a;
  }
  return false;
}

function addName(names: Set<string>, token: string): void {
  const name = token.includes('\\') ? unescaped(token) : token.slice(1, -1);
  if (names.has(name)) throw invalid(`the name "${printable(name)}" comes twice in one object`);
  names.add(name);
}

function unescaped(token: string): string {
  try {
    return JSON.parse(token) as string;
  } catch {
    throw invalid('it is not JSON');
  }
}

function invalid(reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `The message cannot be read: ${reason}.`);
}
