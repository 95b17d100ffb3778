import type { Verdict } from '../../../../cells/protocol/messages.ts';
import { verdictTextMax } from '../../../../cells/protocol/verdict-terms.ts';
import type { Limits } from '../../../../contract/api/limits.ts';
import type { Program } from '../program/program.ts';
import { cleanStack } from '../program/stack.ts';
import { noModules } from '../program/syntax.ts';

/** How a job ended, and the content of its verdict. */
export interface Outcome {
  readonly end: Verdict['end'];
  readonly error?: Verdict['error'];
  readonly value?: { readonly kind: 'json' | 'repr'; readonly text: string };
  readonly exitCode?: number;
  /** Whether the interpreter has ended, so that no further program can run. */
  readonly isGone?: boolean;
}

/** V8's message for a buffer that the isolate's allocator refused. */
const bufferRefused = 'Array buffer allocation failed';
/** What isolated-vm makes of a rejection with an object that is no Error. */
const rejectionOfOther = /^An object was thrown from supplied code within isolated-vm/u;

/** An exception that nothing caught. */
export function threw(name: string, message: string, stack: string, program: Program): Outcome {
  if (name === 'RangeError' && message === bufferRefused) return { end: 'memory' };
  const cleaned = cleanStack(stack, program);
  return {
    end: 'threw',
    error: limitTexts({
      ...(name !== '' && { name }),
      message,
      ...(cleaned.stack !== '' && { stack: cleaned.stack }),
      ...(cleaned.line !== undefined && { line: cleaned.line }),
    }),
  };
}

/** A rejection that nothing handled, as isolated-vm reports it. */
export function rejected(error: unknown, program: Program): Outcome {
  if (!(error instanceof Error)) return threw('', String(error), '', program);
  const message = rejectionOfOther.test(error.message)
    ? 'A promise was rejected with an object that is not an Error, and nothing handled the rejection.'
    : error.message;
  return threw(
    error.name,
    message,
    (error.stack ?? '').replace(error.message, () => message),
    program,
  );
}

/** Code that does not parse; `annotated` may carry V8's `[file:line:column]` at its end. */
export function syntaxError(annotated: string, program: Pick<Program, 'fileName' | 'locate'>): Outcome {
  const match = /^(.*) \[[^\]]*?:(\d+):(\d+)\]$/su.exec(annotated);
  const at = match && program.locate({ line: Number(match[2]), column: Number(match[3]) - 1 });
  return syntaxErrorAt({ message: match?.[1] ?? annotated, line: at?.line });
}

/** The same where message and line are known. */
export function syntaxErrorAt(error: { readonly message: string; readonly line: number | undefined }): Outcome {
  const message = explainSyntax(error.message);
  const { line } = error;
  return {
    end: 'threw',
    error: limitTexts({
      name: 'SyntaxError',
      message,
      stack: `SyntaxError: ${message}`,
      ...(line !== undefined && { line }),
    }),
  };
}

/** Handler mode without a handler. */
export const noHandler: Outcome = {
  end: 'no-answer',
  error: {
    message:
      'There is no handler. Write "export default async (inputs, context) => …" or "export async function handler(inputs, context) { … }".',
  },
};

/** The program awaits something that can never settle. */
export const unsettled: Outcome = {
  end: 'unsettled',
  error: { message: 'The guest awaits a promise that can never settle, because nothing is left running.' },
};

/** A value that is JSON, unless it is too large. */
export function completedWith(json: string, limits: Limits): Outcome {
  if (Buffer.byteLength(json) > limits.valueKb * 1024) return { end: 'value' };
  return { end: 'completed', value: { kind: 'json', text: json } };
}

/** The bytes of a value; a text that is not JSON may be cut, because it is only meant to be read. */
export function valueBytes({ text }: NonNullable<Outcome['value']>, { valueKb }: Limits): Uint8Array {
  return Buffer.from(text).subarray(0, valueKb * 1024);
}

function explainSyntax(message: string): string {
  if (/Illegal return statement|'return' outside of function/u.test(message)) {
    return `${message}: "return" is allowed only in a function; the value of a script is its last expression.`;
  }
  if (/Cannot use import statement outside a module/u.test(message)) return noModules('…');
  return message;
}

/** Cuts the texts of an error to what a verdict takes. */
export function limitTexts(error: NonNullable<Verdict['error']>): NonNullable<Verdict['error']> {
  const cut = (text: string, max: number): string => text.slice(0, max).toWellFormed();
  return {
    ...error,
    message: cut(error.message, verdictTextMax.message),
    ...(error.name !== undefined && { name: cut(error.name, verdictTextMax.name) }),
    ...(error.stack !== undefined && { stack: cut(error.stack, verdictTextMax.stack) }),
  };
}
