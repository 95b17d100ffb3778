import type { JobMessage } from '../../../cells/messages.ts';
import { toolCallsAtOnce } from '../../../cells/tool-messages.ts';
import type { ForeignStart } from '../realm/foreign/foreign.ts';
import type { Program } from './program.ts';

/** What starts a program in its realm. Interpreters take all as one text, and stdin as one character a byte. */
export function firstStep(
  { id, mode, env, limits, tools, session }: JobMessage,
  { source, isForeign }: Program,
  inputs: string,
  stdin: Buffer,
): readonly (string | number)[] {
  if (isForeign) {
    const text = stdin.toString('latin1');
    const given: ForeignStart = { id, mode, source, inputs, env, stdin: text, limits, tools, toolCallsAtOnce, session };
    return ['start', JSON.stringify(given)];
  }
  const names = tools.length > 0 ? JSON.stringify(tools.map(({ name }) => name)) : '';
  const values = [inputs, JSON.stringify(env), stdin.toString(), limits.valueKb * 1024, names, toolCallsAtOnce];
  return ['start', mode, source, ...values];
}
