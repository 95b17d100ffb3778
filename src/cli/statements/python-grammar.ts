import type { Grammar, Progress } from './grammar.ts';

/** What `codeop` of Python says of code, by Python's rules for strings, brackets and lines. */
function judgePython(code: string): Progress {
  try {
    return new Scanner(code).run();
  } catch (error) {
    if (error === brokenCode) return 'broken';
    throw error;
  }
}

const brokenCode = new Error('no further line can mend the code');
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
const stringPrefix = /^(?:[bfrtu]|br|rb|fr|rf|tr|rt)$/iu;
const compounds = new Set(['if', 'while', 'for', 'try', 'with', 'def', 'class', 'async']);
const laterClauses = /^(?:elif|else|except|finally)\b/u;

/** An open bracket (what closes it), or an open f-string: its quotes, and whether a format is read. */
type Frame = string | { readonly quotes: string; readonly isFormat: boolean };

/** What the statement is that began last at the margin. */
type Statement = 'none' | 'simple' | 'compound' | 'decorator';

class Scanner {
  readonly #code: string;
  readonly #frames: Frame[] = [];
  #at = 0;
  #statement: Statement = 'none';
  /** Where the line of the language began, which may go over several lines of text. */
  #lineStart = 0;
  /** The last character of that line that is neither a blank nor in a comment. */
  #lastCharacter = '';
  /** Whether its block, or one within it, has no line yet. */
  #needsBody = false;
  /** How far the `try` are indented that have neither `except` nor `finally` yet. */
  readonly #tries: number[] = [];

  constructor(code: string) {
    this.#code = code;
  }

  run(): Progress {
    while (this.#at < this.#code.length) if (!this.#step()) return 'open';
    const last = this.#frames.at(-1);
    // A short one ends in its line.
    if (typeof last === 'object' && last.quotes.length === 1) throw brokenCode;
    if (last !== undefined) return 'open';
    this.#endLine();
    if (this.#statement === 'decorator' || this.#needsBody || this.#tries.length > 0) return 'open';
    return this.#statement === 'compound' ? 'block' : 'done';
  }

  /** Reads one token; `false` if the code ends within it. */
  #step(): boolean {
    const frame = this.#frames.at(-1);
    if (typeof frame === 'object') return this.#readFormatted(frame);
    const rest = this.#code;
    const character = rest[this.#at] as string;
    if (!/[\s#\\]/u.test(character)) this.#lastCharacter = character;
    const name = match(/[\p{L}\p{N}_]+/uy, rest, this.#at);
    if (name !== undefined) {
      this.#at += name.length;
      const quotes = match(/'''|"""|'|"/y, rest, this.#at);
      return quotes === undefined || !stringPrefix.test(name) || this.#openString(quotes, name.toLowerCase());
    }
    const quotes = match(/'''|"""|'|"/y, rest, this.#at);
    if (quotes !== undefined) return this.#openString(quotes, '');
    if (character === '#') {
      this.#at += match(/[^\n]*/y, rest, this.#at)?.length ?? 0;
      return true;
    }
    if (character === '\\') {
      if (this.#at + 1 === rest.length) return false;
      if (rest[this.#at + 1] !== '\n') throw brokenCode;
      this.#at += 2;
      return true;
    }
    this.#at += 1;
    if (character === '\n' && this.#frames.length === 0) this.#endLine();
    else if (closers[character] !== undefined) this.#frames.push(closers[character]);
    else if (/[)\]}]/u.test(character)) {
      if (this.#frames.pop() !== character) throw brokenCode;
    } else if (character === ':' && frame === '}' && typeof this.#frames.at(-2) === 'object')
      this.#frames.push({ quotes: (this.#frames.at(-2) as { quotes: string }).quotes, isFormat: true });
    return true;
  }

  #openString(quotes: string, prefix: string): boolean {
    this.#at += quotes.length;
    if (/[ft]/u.test(prefix)) {
      this.#frames.push({ quotes, isFormat: false });
      return true;
    }
    const isLong = quotes.length === 3;
    for (;;) {
      const piece = match(isLong ? /[^'"\\]+/y : /[^'"\\\n]+/y, this.#code, this.#at);
      this.#at += piece?.length ?? 0;
      const character = this.#code[this.#at];
      if (character === undefined) {
        if (!isLong) throw brokenCode;
        return false;
      }
      if (character === '\\') {
        if (this.#at + 1 >= this.#code.length) return false;
        this.#at += 2;
      } else if (this.#code.startsWith(quotes, this.#at)) {
        this.#at += quotes.length;
        return true;
      } else if (character === '\n') throw brokenCode;
      else this.#at += 1;
    }
  }

  /** Reads on in an f-string: text up to an expression or the end, or the format of an expression. */
  #readFormatted({ quotes, isFormat }: { readonly quotes: string; readonly isFormat: boolean }): boolean {
    const character = this.#code[this.#at] as string;
    if (this.#code.startsWith(quotes, this.#at)) {
      if (isFormat) throw brokenCode;
      this.#at += quotes.length;
      this.#frames.pop();
    } else if (character === '\\' && this.#at + 1 < this.#code.length) this.#at += 2;
    else if (character === '\\') return false;
    else if (character === '\n' && quotes.length === 1) throw brokenCode;
    else if (!isFormat && /^(?:\{\{|\}\})/u.test(this.#code.slice(this.#at, this.#at + 2))) this.#at += 2;
    else {
      this.#at += 1;
      if (character === '{') this.#frames.push('}');
      else if (character === '}' && isFormat) this.#frames.splice(-2);
    }
    return true;
  }

  #endLine(): void {
    const line = this.#code.slice(this.#lineStart, this.#at);
    const isFirst = this.#statement === 'none';
    this.#lineStart = this.#at;
    const text = line.replace(/^(?:[ \t\f]*(?:#[^\n]*)?\n)+/u, '');
    if (/^\s*(?:#|$)/u.test(text)) return;
    const opensBlock = this.#lastCharacter === ':';
    this.#followTries(text);
    if (/^[ \t]/u.test(text)) {
      if (isFirst) throw brokenCode;
      this.#needsBody = opensBlock;
      return;
    }
    if (this.#needsBody) throw brokenCode;
    this.#needsBody = opensBlock;
    if (this.#statement === 'compound' && laterClauses.test(text)) return;
    const word = /^(?:@|[\p{L}_][\p{L}\p{N}_]*)/u.exec(text)?.[0] ?? '';
    if (this.#statement === 'decorator' && !['@', 'def', 'class', 'async'].includes(word)) throw brokenCode;
    if (word === '@') this.#statement = 'decorator';
    else if (compounds.has(word) || (word === 'match' && opensBlock)) this.#statement = 'compound';
    else this.#statement = 'simple';
  }

  #followTries(line: string): void {
    const indent = line.length - line.trimStart().length;
    const last = this.#tries.at(-1) ?? -1;
    if (last > indent) throw brokenCode;
    if (last === indent && !/^\s*(?:except|finally)\b/u.test(line)) throw brokenCode;
    if (last === indent) this.#tries.pop();
    if (/^\s*try\s*:/u.test(line)) this.#tries.push(indent);
  }
}

function match(pattern: RegExp, code: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(code)?.[0];
}

export const pythonGrammar: Grammar = {
  holdsDone: false,
  closing: /[)\]}'"]/u,
  judge: judgePython,
  goesOn: (_, line) => /^(?:\s|#|$)/u.test(line) || laterClauses.test(line),
};
