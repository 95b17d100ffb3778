import type { Program } from './program.ts';

/** A stack with the guest's own frames only, and the line of the first of them. */
export interface GuestStack {
  readonly stack: string;
  readonly line: number | undefined;
}

/** Most frames that are shown: each must be located in the guest's code, and a stack may be forged. */
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
    const isOwn = frame.file === program.fileName;
    const raw = { line: frame.line, column: frame.column - 1 };
    const at = isOwn ? program.locate(raw) : raw;
    if (isOwn) line ??= at.line;
    const place = `${frame.file}:${at.line}:${at.column + 1}`;
    frames.push(frame.name === '' ? `    at ${place}` : `    at ${frame.name} (${place})`);
  }
  return { stack: [...header, ...frames].join('\n'), line };
}

interface Frame {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A frame of the guest's: in a session, that of an earlier call too, whose file has another number. */
function parseFrame(text: string, fileName: string): Frame | undefined {
  const match = /^\s+at (?:(.*) \()?(?:async )?([^\s()]+):(\d+):(\d+)\)?$/u.exec(text);
  const file = match?.[2];
  if (!match || file?.replace(/\[\d+\]$/u, '') !== fileName.replace(/\[\d+\]$/u, '')) return undefined;
  const name = match[1] ?? '';
  return { name: name === 'eval' ? '' : name, file, line: Number(match[3]), column: Number(match[4]) };
}
