import type { Limits } from '../../../contract/limits.ts';
import type { RealmEnd } from '../realm/bootstrap.ts';
import { brokeLimit, completedWith, type Ending, noHandler, syntaxError, threw } from './ending.ts';
import { explainJudgement } from './foreign/judged.ts';
import type { Guest } from './guest.ts';
import type { Program } from './program.ts';

/** What a realm says of its program's end; what the texts are depends on the end. */
export type RealmReport = readonly [end: RealmEnd, text: string, message: string, stack: string];

/** Turns a realm's report into an ending. */
export async function explainReport(
  [end, text, message, stack]: RealmReport,
  guest: Guest,
  program: Program,
  limits: Limits,
): Promise<Ending> {
  switch (end) {
    case 'json':
      return completedWith(text, limits);
    case 'repr':
      return { end: 'completed', value: { kind: end, text } };
    case 'none':
      return { end: 'completed' };
    case 'too-large':
      return brokeLimit('value', limits);
    case 'no-handler':
      return noHandler;
    case 'judged':
      return explainJudgement(text, message, limits);
    default: {
      const ending = threw(text, message, stack, program);
      const isUnplaced = text === 'SyntaxError' && ending.error?.line === undefined;
      return (isUnplaced && (await checkSyntax(guest, program))) || ending;
    }
  }
}

/** Where `program` does not parse, an ending with the line: the exception of an `eval` does not carry it. */
async function checkSyntax({ isolate }: Guest, program: Program): Promise<Ending | undefined> {
  try {
    await isolate.compileScript(program.source, { filename: program.fileName });
    return undefined;
  } catch (error) {
    return error instanceof SyntaxError ? syntaxError(error.message, program) : undefined;
  }
}
