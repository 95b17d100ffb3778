import { verdictEnds } from '../../../../cells/protocol/verdict-terms.ts';
import type { Limits } from '../../../../contract/api/limits.ts';
import type { RealmEnd } from '../../realm/bootstrap.ts';
import type { InterpreterOutcome } from '../../realm/interpreter.ts';
import type { Guest } from '../guest/guest.ts';
import type { Places } from '../program/places.ts';
import type { Program } from '../program/program.ts';
import { completedWith, exited, limitTexts, noHandler, type Outcome, syntaxError, threw } from './outcome.ts';

/** A realm's report of its program's end; the meaning of the texts depends on `end`. */
export type RealmReport = readonly [end: RealmEnd, text: string, message: string, stack: string];

/** Turns a realm's report into an outcome. */
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
      return { end: 'value' };
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

/** If `program` does not parse, an outcome with the line, which the exception of an `eval` does not have. */
async function checkSyntax({ isolate }: Guest, program: Program): Promise<Outcome | undefined> {
  try {
    await isolate.compileScript(program.source, { filename: program.fileName });
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? syntaxError(error.message, program) : undefined;
  }
}

/** A realm's report of its own end. The isolate's own code sends it, but nothing relies on its validity. */
export function explainInterpreterOutcome(json: string, value: string, limits: Limits): Outcome {
  const reported = JSON.parse(json) as InterpreterOutcome;
  if (!verdictEnds.includes(reported.end)) throw new Error(`the realm reported "${reported.end}"`);
  const { error, exitCode, isGone } = reported;
  const end = reported.value === 'json' ? completedWith(value, limits).end : reported.end;
  if (end === 'memory' || end === 'value') return { end, ...(isGone && { isGone }) };
  return {
    end,
    ...(error && { error: limitTexts({ ...error, message: String(error.message) }) }),
    ...(exitCode !== undefined && { exitCode }),
    ...(isGone && { isGone }),
    ...(reported.value && { value: { kind: reported.value, text: value } }),
  };
}
