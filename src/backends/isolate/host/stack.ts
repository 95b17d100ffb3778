import type { Program } from './program.ts';

/** A stack with the guest's own frames only, and the line of the first of them. */
export interface GuestStack {
  readonly stack: string;
  readonly line: number | undefined;
}

/** The most frames that are shown; each has to be looked for in the guest's code, and a stack may be forged. */
const framesMax = 100;

/** Leaves out the frames of the realm and of the host, and puts positions where they are in the guest's own code. */
export function cleanStack(stack: string, program: Pick<Program, 'fileName' | 'locate'>): GuestStack {
  const lines = stack.split('\n');
  const firstFrame = lines.findIndex((text) => /^\s+at /u.test(text));
  const header = firstFrame < 0 ? lines : lines.slice(0, firstFrame);
  const frames: string[] = [];
  let line: number | undefined;
  for (const text of firstFrame < 0 ? [] : lines.slice(firstFrame)) {
    const frame = parseFrame(text, program.fileName);
    if (!frame) continue;
    if (frames.length === framesMax) break;
    const at = program.locate({ line: frame.line, column: frame.column - 1 });
    line ??= at.line;
    const place = `${program.fileName}:${at.line}:${at.column + 1}`;
    frames.push(frame.name === '' ? `    at ${place}` : `    at ${frame.name} (${place})`);
  }
  return { stack: [...header, ...frames].join('\n'), line };
}

function parseFrame(text: string, fileName: string): { name: string; line: number; column: number } | undefined {
  const match = /^\s+at (?:(.*) \()?(?:async )?([^\s()]+):(\d+):(\d+)\)?$/u.exec(text);
  if (!match || match[2] !== fileName) return undefined;
  const name = match[1] ?? '';
  return { name: name === 'eval' ? '' : name, line: Number(match[3]), column: Number(match[4]) };
}
