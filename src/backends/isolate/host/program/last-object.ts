import type { Program } from 'acorn';
import { parseProgram } from './syntax.ts';

/** Where an object stands that is meant as the value of a program. */
export interface LastObject {
  readonly start: number;
  readonly end: number;
  /** Whether it is all of the program. */
  readonly isAlone: boolean;
}

/** Longer programs are not parsed for it. */
const charactersMax = 65_536;
/** A line that begins with `{` and goes on as an object does. */
const beginsObject = /(?:^|\n)\{\s*(?:[\w$'"[.]|\})/u;

/**
 * Finds an object such as `{a: 1, b: 2}` that stands alone, as all of a program or as its last lines. To JavaScript it
 * is a block, in most cases a malformed one. The writer means the object, and the prompt of Node reads it like that.
 * @param isTypeScript Then only the parser of its types could read the rest: the object alone is looked at.
 */
export async function findLastObject(code: string, isTypeScript: boolean): Promise<LastObject | undefined> {
  const end = code.trimEnd().length;
  if (code.length > charactersMax || code[end - 1] !== '}' || !beginsObject.test(code)) return undefined;
  const read = (text: string): Promise<Program | undefined> => parseProgram(text, 'script').catch(() => undefined);
  const isObject = (program: Program | undefined): boolean => {
    const last = program?.body.at(-1);
    return last?.type === 'ExpressionStatement' && last.expression.type === 'ObjectExpression';
  };
  const first = code.length - code.trimStart().length;
  if (code[first] === '{' && isObject(await read(`(${code.slice(first, end)})`)))
    return { start: first, end, isAlone: true };
  const start = code.lastIndexOf('\n{') + 1;
  if (start === 0 || isTypeScript || !isObject(await read(`(${code.slice(start, end)})`))) return undefined;
  if (await read(code)) return undefined;
  const whole = `${code.slice(0, start)};(${code.slice(start, end)})`;
  return isObject(await read(whole)) ? { start, end, isAlone: false } : undefined;
}
