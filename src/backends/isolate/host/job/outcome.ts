import type { Verdict } from '../../../../cells/protocol/messages.ts';
import { verdictTextMax } from '../../../../cells/protocol/verdict-terms.ts';
import type { Limits } from '../../../../contract/api/limits.ts';
import type { Places } from '../program/places.ts';
import type { Program } from '../program/program.ts';
import { cleanStack } from '../program/stack.ts';

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
/** What isolated-vm makes of an object that is no Error. */
const copyOfOther = /^An object was thrown from supplied code within isolated-vm/u;

/** Where isolated-vm adds the host's own frames. */
const boundary = '\n    at (<isolated-vm boundary>)';

/** An exception that nothing caught. */
export function threw(
  name: string,
  original: string,
  originalStack: string,
  { fileName, explain }: Pick<Program, 'fileName' | 'explain'>,
  places: Places,
): Outcome {
  if (name === 'RangeError' && original === bufferRefused) return { end: 'memory' };
  const message = explain(name, original);
  const stack = message === original ? originalStack : originalStack.replace(original, () => message);
  const cleaned = cleanStack(stack, fileName, places);
  return {
    end: 'threw',
    error: limitTexts({
      ...(name !== '' && { name }),
      message: message || `${name === '' ? 'A value' : name} was thrown without a message.`,
      ...(cleaned.stack !== '' && { stack: cleaned.stack }),
      ...(cleaned.line !== undefined && { line: cleaned.line }),
    }),
  };
}

/** What isolated-vm reports of a rejection that nothing handled, or of an exception, as the realm takes it back. */
export function describeCopy(
  error: unknown,
  mayBeThrown: boolean,
): readonly [name: string, message: string, stack: string] {
  if (!(error instanceof Error)) return ['', String(error), ''];
  const { name, message } = error;
  const stack = (error.stack ?? '').split(boundary)[0] ?? '';
  if (!copyOfOther.test(message)) return [name, message, stack];
  const sentence = mayBeThrown
    ? 'An object that is not an Error was thrown, or a promise was rejected with it and nothing handled that.'
    : 'A promise was rejected with an object that is not an Error, and nothing handled the rejection.';
  return [name, sentence, ''];
}

/** V8's message of a text that does not parse, as isolated-vm has it: with the place at its end. */
const annotation = /^(.*) \[(?:[^[\]]|\[\d+\])*:(\d+):(\d+)\]$/su;

/** Whether an error says that a text does not parse, and where. */
export function isSyntaxError(error: unknown): error is SyntaxError {
  return error instanceof SyntaxError && annotation.test(error.message);
}

/** Code that does not parse; `annotated` may carry V8's `[file:line:column]` at its end. */
export function syntaxError(annotated: string, program: Pick<Program, 'explain' | 'locate'>): Outcome {
  const match = annotation.exec(annotated);
  const at = match && program.locate({ line: Number(match[2]), column: Number(match[3]) - 1 });
  return syntaxErrorAt({ message: match?.[1] ?? annotated, line: at?.line }, program);
}

/** The same where message and line are known. */
export function syntaxErrorAt(
  error: { readonly message: string; readonly line: number | undefined },
  { explain }: Pick<Program, 'explain'>,
): Outcome {
  const message = explain('SyntaxError', error.message);
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

/** A program that ended itself. */
export function exited(code: string): Outcome {
  return { end: 'exited', exitCode: Number(code) & 255 };
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
