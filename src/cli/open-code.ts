import type { Language } from '../contract/api/request.ts';

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const comments: Readonly<Record<Language, RegExp>> = {
  javascript: /\/\/[^\n]*|\/\*[\s\S]*?\*\//uy,
  typescript: /\/\/[^\n]*|\/\*[\s\S]*?\*\//uy,
  python: /#[^\n]*/uy,
  bash: /(?<=^|[\s;&|(])#[^\n]*/uy,
};
const strings: Readonly<Record<Language, RegExp>> = {
  javascript: /'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?/uy,
  typescript: /'(?:[^'\\\n]|\\[\s\S])*'?|"(?:[^"\\\n]|\\[\s\S])*"?/uy,
  python: /'''[\s\S]*?'''|"""[\s\S]*?"""|'(?!'')(?:[^'\\\n]|\\[\s\S])*'?|"(?!"")(?:[^"\\\n]|\\[\s\S])*"?/uy,
  bash: /'[^']*'|"(?:[^"\\]|\\[\s\S])*"|\\[\s\S]/uy,
};
/** Matches a start for which {@link strings} finds no end. */
const openers: Readonly<Record<Language, RegExp>> = {
  javascript: /\/\*/uy,
  typescript: /\/\*/uy,
  python: /'''|"""/uy,
  bash: /['"]/uy,
};

/**
 * Whether code is incomplete: an open bracket, quote or comment, a line that continues, and in Bash an open block or
 * here-document. The check is rough: it does not distinguish JavaScript's regular expressions from divisions.
 */
export function isOpen(text: string, language: Language): boolean {
  const code = language === 'bash' ? withoutHereDocuments(text) : text;
  if (code === undefined) return true;
  const stack: string[] = [];
  let bare = '';
  for (let at = 0; at < code.length; ) {
    const inTemplate = stack.at(-1) === '`';
    const skipped = inTemplate ? 0 : (match(comments[language], code, at) ?? match(strings[language], code, at) ?? 0);
    if (skipped > 0) {
      bare += ' ';
      at += skipped;
      continue;
    }
    if (!inTemplate && match(openers[language], code, at)) return true;
    const character = code[at] ?? '';
    at += 1;
    if (inTemplate) {
      if (character === '\\') at += 1;
      else if (character === '`') stack.pop();
      else if (character === '$' && code[at] === '{') {
        stack.push('}');
        at += 1;
      }
      continue;
    }
    bare += character;
    if (character === '`' && language.endsWith('script')) stack.push('`');
    else if (closers[character]) stack.push(closers[character]);
    else if (stack.at(-1) === character) stack.pop();
  }
  if (language === 'bash') return isShellOpen(bare, stack);
  return stack.length > 0 || (language === 'python' && /\\$/u.test(bare));
}

function match(pattern: RegExp, code: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0].length;
}

/** The code without the content of its here-documents; `undefined` if one has no end. */
function withoutHereDocuments(code: string): string | undefined {
  const kept: string[] = [];
  let word: string | undefined;
  for (const line of code.split('\n')) {
    if (word !== undefined) {
      if (line.replace(/^\t+/u, '') === word) word = undefined;
      continue;
    }
    kept.push(line);
    word = /<<-?\s*(['"]?)(\w+)\1/u.exec(line)?.[2];
  }
  return word === undefined ? kept.join('\n') : undefined;
}

/** Words that start and end a block of the shell, at the position of a command. */
const shellBlocks: Readonly<Record<string, number>> = { if: 1, fi: -1, do: 1, done: -1, case: 1, esac: -1 };

function isShellOpen(bare: string, stack: readonly string[]): boolean {
  if (/(?:\\|\||&&)\s*$/u.test(bare.replace(/\n+$/u, ''))) return true;
  let depth = 0;
  let isCommand = true;
  for (const [token] of bare.matchAll(/[;&|(){}\n]|[^\s;&|(){}]+/gu)) {
    if (isCommand) depth += shellBlocks[token] ?? 0;
    isCommand = /^[;&|(){}\n]$/u.test(token) || (isCommand && /^(?:if|then|else|elif|do|while|until|!)$/u.test(token));
  }
  // A pattern of `case` closes a parenthesis that was not opened.
  return depth > 0 || stack.length > 0;
}
