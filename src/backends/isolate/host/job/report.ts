import { verdictEnds } from '../../../../cells/protocol/verdict-terms.ts';
import type { Limits } from '../../../../contract/api/limits.ts';
import type { RealmEnd } from '../../realm/bootstrap.ts';
import type { InterpreterOutcome } from '../../realm/interpreter.ts';
import type { Guest } from '../guest/guest.ts';
import type { Places } from '../program/places.ts';
import type { Program } from '../program/program.ts';
import {
  brokeLimit,
  completedWith,
  exited,
  limitTexts,
  noHandler,
  type Outcome,
  syntaxError,
  threw,
} from './outcome.ts';

/** What a realm says of its program's end; what the texts are depends on the end. */
export type RealmReport = readonly [end: RealmEnd, text: string, message: string, stack: string];

/** Turns a realm's report into an ending. */
export async function explainReport(
  [end, text, message, stack]: RealmReport,
  guest: Guest,
  program: Program,
  places: Places,
  limits: Limits,
): Promise<Outcome> {
  switch (end) {
    case 'json':
      return completedWith(text, limits);
    case 'repr':
      return { end: 'completed', value: { kind: end, text } };
    case 'none':
      return { end: 'completed' };
    case 'too-large':
      return brokeLimit('value', limits);
    case 'exited':
      return exited(text);
    case 'no-handler':
      return noHandler;
    case 'outcome':
      return explainInterpreterOutcome(text, message, limits);
    default: {
      const outcome = threw(text, message, stack, program, places);
      const isUnplaced = text === 'SyntaxError' && outcome.error?.line === undefined;
      return (isUnplaced && (await checkSyntax(guest, program))) || outcome;
    }
  }
}

/** Where `program` does not parse, an ending with the line: the exception of an `eval` does not carry it. */
async function checkSyntax({ isolate }: Guest, program: Program): Promise<Outcome | undefined> {
  try {
    await isolate.compileScript(program.source, { filename: program.fileName });
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? syntaxError(error.message, program) : undefined;
  }
}

/** What a realm says of its own end. It is told by the isolate's own code, but nothing rests on it being sound. */
export function explainInterpreterOutcome(json: string, value: string, limits: Limits): Outcome {
  const reported = JSON.parse(json) as InterpreterOutcome;
  if (!verdictEnds.includes(reported.end)) throw new Error(`the realm reported "${reported.end}"`);
  const { error, exitCode, isGone } = reported;
  const end = reported.value === 'json' ? completedWith(value, limits).end : reported.end;
  if (end === 'memory' || end === 'value') return { ...brokeLimit(end, limits), ...(isGone && { isGone }) };
  return {
    end,
    ...(error && { error: limitTexts({ ...error, message: String(error.message) }) }),
    ...(exitCode !== undefined && { exitCode }),
    ...(isGone && { isGone }),
    ...(reported.value && { value: { kind: reported.value, text: value } }),
  };
}
