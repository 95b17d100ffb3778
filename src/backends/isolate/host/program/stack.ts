import type { Places } from './places.ts';

/** A stack with the guest's own frames only, and the line of the first of them. */
export interface GuestStack {
  readonly stack: string;
  readonly line: number | undefined;
}

/** Most frames that are shown: each must be located in the guest's code, and a stack may be forged. */
const framesMax = 100;

/**
 * Leaves out the frames of the realm and of the host, and puts positions where they are in the guest's own code. A realm
 * has done so already, unless the guest took that from it. A stack may have the stacks of its cause and parts in it.
 */
export function cleanStack(stack: string, fileName: string, places: Pick<Places, 'locate'>): GuestStack {
  const kept: string[] = [];
  let frames = 0;
  let line: number | undefined;
  for (const text of stack.split('\n')) {
    const frame = parseFrame(text);
    if (!frame) {
      kept.push(text);
      continue;
    }
    const isShown = isOwn(frame.file, fileName) && frames < framesMax;
    const at = isShown && places.locate(frame.file, { line: frame.line, column: frame.column - 1 });
    if (at) {
      if (at.file === fileName) line ??= at.line;
      const place = `${at.file}:${at.line}:${at.column + 1}`;
      const { indent, name, end } = frame;
      kept.push(name === '' ? `${indent}${place}${end}` : `${indent}${name} (${place})${end}`);
      frames += 1;
    } else if (frame.end !== '' && kept.length > 0) {
      kept.push(`${kept.pop()}${frame.end}`);
    }
  }
  return { stack: kept.join('\n'), line };
}

interface Frame {
  /** All before the name: spaces and `at`. */
  readonly indent: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** ` {` if the fields of the error follow. */
  readonly end: string;
}

const frameLine = /^(\s+)at .*(?::\d+:\d+\)?|\(<anonymous>\)|\(index \d+\)|\(native\))( \{)?$/u;
const framePlace = /^\s+at (?:(.*) \()?(async )?([^\s()]+):(\d+):(\d+)\)?(?: \{)?$/u;

/** A frame of a stack. Functions of V8 have no file. */
function parseFrame(text: string): Frame | undefined {
  const outer = frameLine.exec(text);
  if (!outer) return undefined;
  const [, indent = '', end = ''] = outer;
  const [, name = '', isAsync, file = '', line, column] = framePlace.exec(text) ?? [];
  return {
    indent: isAsync ? `${indent}at async ` : `${indent}at `,
    name: name === 'eval' ? '' : name,
    file,
    line: Number(line),
    column: Number(column),
    end,
  };
}

/** Whether a file is the guest's: in a session, that of an earlier call too, which has another number. */
function isOwn(file: string, fileName: string): boolean {
  const base = (name: string): string => name.replace(/^compiled:/u, '').replace(/\[\d+\]$/u, '');
  return base(file) === base(fileName);
}
