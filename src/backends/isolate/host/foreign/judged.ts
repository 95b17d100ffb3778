import { verdictEnds } from '../../../../cells/verdict-terms.ts';
import type { Limits } from '../../../../contract/limits.ts';
import type { Judgement } from '../../realm/foreign/foreign.ts';
import { brokeLimit, completedWith, type Ending, limitTexts } from '../ending.ts';

/** What a realm says of its own end. It is told by the isolate's own code, but nothing rests on it being sound. */
export function explainJudgement(json: string, value: string, limits: Limits): Ending {
  const judgement = JSON.parse(json) as Judgement;
  if (!verdictEnds.includes(judgement.end)) throw new Error(`the realm reported "${judgement.end}"`);
  const { error, exitCode, isGone } = judgement;
  const end = judgement.value === 'json' ? completedWith(value, limits).end : judgement.end;
  if (end === 'memory' || end === 'value') return { ...brokeLimit(end, limits), ...(isGone && { isGone }) };
  return {
    end,
    ...(error && { error: limitTexts({ ...error, message: String(error.message) }) }),
    ...(exitCode !== undefined && { exitCode }),
    ...(isGone && { isGone }),
    ...(judgement.value && { value: { kind: judgement.value, text: value } }),
  };
}
