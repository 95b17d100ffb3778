import { stripTypeScriptTypes } from 'node:module';
import { type Options, Parser } from 'acorn';
import type { Grammar, Progress } from './grammar.ts';

const options: Options = {
  ecmaVersion: 'latest',
  sourceType: 'script',
  allowAwaitOutsideFunction: true,
  allowImportExportEverywhere: true,
  allowReturnOutsideFunction: true,
  allowHashBang: true,
};

function parseJavaScript(code: string): Progress {
  try {
    Parser.parse(code, options);
    return 'done';
  } catch (error) {
    const { message, pos } = error as Error & { pos: number };
    if (/^Unterminated (?:template|comment)/u.test(message) || pos >= code.length) return 'open';
    if (message.startsWith('Unterminated string') && code.endsWith('\\')) return 'open';
    if (message.startsWith('Missing catch') && parseJavaScript(`${code}\nfinally {}`) === 'done') return 'open';
    return 'broken';
  }
}

function parseTypeScript(code: string): Progress {
  try {
    withoutWarnings(() => stripTypeScriptTypes(code));
    return 'done';
  } catch (error) {
    const { code: kind, message, stack = '' } = error as NodeJS.ErrnoException;
    // It parses; enums and namespaces are what cannot be taken out.
    if (kind === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') return 'done';
    if (/^Unterminated (?:template|block comment)/u.test(message)) return 'open';
    if (/^(?:Unterminated string|Invalid string escape)/u.test(message) && code.endsWith('\\')) return 'open';
    // Node puts the place under the line, but cannot do so behind the last character.
    const place = stack.slice(0, stack.indexOf('SyntaxError'));
    return /^\s*\^+\s*$/mu.test(place) ? 'broken' : 'open';
  }
}

/** Node calls this function experimental. That is not for the user of a prompt to know. */
function withoutWarnings(work: () => void): void {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

function grammarOf(parse: (code: string) => Progress): Grammar {
  const judge = (code: string): Progress => {
    const progress = parse(code);
    if (progress === 'done' || !/^\s*\{/u.test(code)) return progress;
    // What is no block may be an object.
    if (parse(`(${code})`) === 'done') return 'done';
    return progress === 'open' || parse(`(${code}`) === 'open' ? 'open' : 'broken';
  };
  return {
    holdsDone: true,
    closing: /[)\]}`]|\*\//u,
    judge,
    /** As `else` and `.map()` do: on its own it is nothing. */
    goesOn: (code, line) => judge(line) === 'broken' && judge(`${code}\n${line}`) !== 'broken',
  };
}

export const javascriptGrammar: Grammar = grammarOf(parseJavaScript);
export const typescriptGrammar: Grammar = grammarOf(parseTypeScript);
