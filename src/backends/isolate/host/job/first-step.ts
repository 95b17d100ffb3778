import type { JobMessage } from '../../../../cells/protocol/messages.ts';
import { toolCallsAtOnce } from '../../../../cells/protocol/tool-messages.ts';
import type { InterpreterStart } from '../../realm/interpreter.ts';
import type { Step } from '../guest/step-queue.ts';
import type { Program } from '../program/program.ts';

/**
 * The step that starts a program in its realm. Interpreters take everything as one text, with stdin as one character
 * per byte.
 */
export function firstStep(
  { id, mode, env, limits, tools, session }: JobMessage,
  { source, isScript, usesInterpreter }: Program,
  inputs: string,
  stdin: Buffer,
): Step {
  if (usesInterpreter) {
    const text = stdin.toString('latin1');
    const given: InterpreterStart = {
      id,
      mode,
      source,
      inputs,
      env,
      stdin: text,
      limits,
      tools,
      toolCallsAtOnce,
      session,
    };
    return ['start', JSON.stringify(given)];
  }
  const names = tools.length > 0 ? JSON.stringify(tools.map(({ name }) => name)) : '';
  const values = [inputs, JSON.stringify(env), stdin.toString(), limits.valueKb * 1024, names, toolCallsAtOnce];
  return ['start', mode, isScript ? '' : source, ...values, session !== undefined];
}
