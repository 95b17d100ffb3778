import type { Grammar, Progress } from './grammar.ts';

/** What `bash -n` says of code: whether it reaches its end within a command. */
function judgeBash(code: string): Progress {
  try {
    const scanner = new Scanner(code);
    scanner.commands(undefined);
    return 'done';
  } catch (error) {
    if (error === openCode) return 'open';
    if (error === brokenCode) return 'broken';
    throw error;
  }
}

const openCode = new Error('the code ends within a command');
const brokenCode = new Error('no further line can mend the code');

/** Words that open a block where a command may stand, and what closes it. */
const blocks = new Map([
  ['if', 'fi'],
  ['while', 'done'],
  ['until', 'done'],
  ['for', 'done'],
  ['select', 'done'],
  ['case', 'esac'],
  ['{', '}'],
]);
const ends: ReadonlySet<string> = new Set(blocks.values());
/** Words after which another command begins. */
const leaders: ReadonlySet<string> = new Set([
  'if',
  'then',
  'else',
  'elif',
  'while',
  'until',
  'do',
  '{',
  '!',
  'time',
  'coproc',
]);

class Scanner {
  readonly #code: string;
  #at = 0;
  /** Here-documents whose text begins with the next line. */
  #hereDocuments: { readonly end: string; readonly hasTabs: boolean }[] = [];

  constructor(code: string) {
    this.#code = code;
  }

  /**
   * Reads commands up to the character that closes them, and past it; at the top there is none.
   * @param areWords whether there are only words, as in the value of an array
   */
  commands(closer: ')' | undefined, areWords = false): void {
    const open: string[] = [];
    /** Where in a `case` it stands, for each that is open. */
    const cases: ('head' | 'pattern' | 'body')[] = [];
    let isCommand = !areWords;
    let needsMore = false;
    for (;;) {
      const inPattern = open.at(-1) === 'esac' && cases.at(-1) === 'pattern';
      const character = this.#code[this.#at];
      if (character === undefined) {
        if (closer !== undefined || open.length > 0 || needsMore || this.#hereDocuments.length > 0) throw openCode;
        return;
      }
      if (character === '\n') {
        this.#at += 1;
        this.#skipHereDocuments();
        isCommand = !areWords;
      } else if (/[ \t\r]/u.test(character)) this.#at += 1;
      else if (character === '#') this.#at += this.#match(/[^\n]*/y).length;
      else if (this.#code.startsWith('\\\n', this.#at)) this.#at += 2;
      else if (character === ')') {
        this.#at += 1;
        if (inPattern) {
          cases[cases.length - 1] = 'body';
          isCommand = true;
        } else if (closer === ')') {
          if (open.length > 0 || needsMore) throw brokenCode;
          return;
        } else throw brokenCode;
      } else if (character === '(') {
        if (inPattern) this.#at += 1;
        else if (this.#code.startsWith('((', this.#at) && isCommand) this.#parentheses();
        else if (isCommand || /^\($/u.test(character) === false) {
          this.#at += 1;
          this.commands(')');
          isCommand = false;
        } else {
          // A function; what it does follows, perhaps in the next line.
          const parentheses = this.#match(/\([ \t]*\)/y);
          if (parentheses === '') throw /^\([ \t]*$/u.test(this.#code.slice(this.#at)) ? openCode : brokenCode;
          this.#at += parentheses.length;
          isCommand = true;
          needsMore = true;
          continue;
        }
        needsMore = false;
      } else if (/[;&|<>]/u.test(character)) {
        const operator = this.#operator();
        if (operator === 'redirection') continue;
        if (operator === 'case' && cases.at(-1) === 'body') cases[cases.length - 1] = 'pattern';
        needsMore = !inPattern && operator === 'more';
        isCommand = !areWords;
      } else {
        const word = this.#word();
        if (inPattern && word === 'esac') {
          open.pop();
          cases.pop();
          isCommand = true;
        } else if (inPattern) continue;
        else if (cases.at(-1) === 'head' && open.at(-1) === 'esac') {
          if (word === 'in') cases[cases.length - 1] = 'pattern';
        } else if (isCommand && word === 'function') {
          this.#at += this.#match(/[ \t]+[^\s;&|()<>]+[ \t]*(?:\([ \t]*\))?/y).length;
          needsMore = true;
          continue;
        } else if (isCommand && word === '[[') {
          this.#condition();
          isCommand = false;
        } else if (isCommand) {
          const end = blocks.get(word);
          if (end !== undefined) open.push(end);
          if (word === 'case') cases.push('head');
          else if (word === 'for') this.#forHead();
          if (ends.has(word)) {
            if (open.pop() !== word) throw brokenCode;
            if (word === 'esac') cases.pop();
          }
          isCommand = leaders.has(word) || ends.has(word) || word === 'for';
        }
        needsMore = false;
      }
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#code)?.[0] ?? '';
  }

  /** Reads an operator, and says what comes of it. */
  #operator(): 'redirection' | 'case' | 'more' | 'end' {
    if (/[<>]\(/y.test(this.#code.slice(this.#at, this.#at + 2))) {
      this.#at += 2;
      this.commands(')');
      return 'redirection';
    }
    const hereDocument = this.#match(/<<-?(?!<)[ \t]*/y);
    if (hereDocument !== '') {
      this.#at += hereDocument.length;
      const word = this.#word().replaceAll(/\\(.)|['"]/gu, '$1');
      this.#hereDocuments.push({ end: word, hasTabs: hereDocument.startsWith('<<-') });
      return 'redirection';
    }
    const redirection = this.#match(/&>>?|<<<|[<>][<>&|]?/y);
    if (redirection !== '') {
      this.#at += redirection.length;
      return 'redirection';
    }
    const operator = this.#match(/;;&|;&|;;|&&|\|\||\|&|[;&|]/y);
    this.#at += operator.length;
    if (operator.length > 1 && operator.startsWith(';')) return 'case';
    return operator === ';' || operator === '&' ? 'end' : 'more';
  }

  #skipHereDocuments(): void {
    for (const { end, hasTabs } of this.#hereDocuments) {
      for (;;) {
        if (this.#at >= this.#code.length) throw openCode;
        const line = this.#match(/[^\n]*/y);
        this.#at += line.length + 1;
        if ((hasTabs ? line.replace(/^\t+/u, '') : line) === end) break;
      }
      // The newline after the last one ends a line, too.
      this.#at = Math.min(this.#at, this.#code.length);
    }
    this.#hereDocuments = [];
  }

  /** Reads a word, with all that is quoted and substituted in it. */
  #word(): string {
    const start = this.#at;
    for (;;) {
      const character = this.#code[this.#at];
      if (character === undefined || /[\s;&|<>)]/u.test(character)) break;
      if (character === '(') {
        const before = this.#code[this.#at - 1] ?? '';
        if (before === '=' && this.#at > start) {
          this.#at += 1;
          this.commands(')', true);
        } else if (/[?*+@!]/u.test(before) && this.#at > start) this.#parentheses();
        else break;
      } else this.#part(character);
    }
    // What cannot be a part of a word was not to be read as one.
    if (this.#at === start) throw brokenCode;
    return this.#code.slice(start, this.#at);
  }

  /** Reads one part of a word, or of what stands in double quotes. */
  #part(character: string): void {
    const next = this.#code[this.#at + 1];
    if (character === '\\') {
      if (next === undefined) throw openCode;
      this.#at += 2;
    } else if (character === "'") this.#until(/'[^']*'/y);
    else if (character === '"') this.#quoted('"');
    else if (character === '`') this.#until(/`(?:[^`\\]|\\[\s\S])*`/y);
    else if (character === '$') this.#dollar(next);
    else this.#at += 1;
  }

  #dollar(next: string | undefined): void {
    if (next === "'") {
      this.#at += 1;
      this.#until(/'(?:[^'\\]|\\[\s\S])*'/y);
    } else if (this.#code.startsWith('$((', this.#at)) {
      this.#at += 1;
      this.#parentheses();
    } else if (next === '(') {
      this.#at += 2;
      this.commands(')');
    } else if (next === '{') {
      this.#at += 1;
      this.#quoted('}');
    } else this.#at += 1;
  }

  /** Reads up to a double quote, or to the brace that ends a parameter. */
  #quoted(closer: '"' | '}'): void {
    this.#at += 1;
    for (;;) {
      const character = this.#code[this.#at];
      if (character === undefined) throw openCode;
      if (character === closer) break;
      // Single quotes are characters there.
      if (character === "'") this.#at += closer === '"' ? 1 : this.#match(/'[^']*'/y).length || 1;
      else this.#part(character);
    }
    this.#at += 1;
  }

  /** Reads what stands in parentheses of arithmetic or of a pattern. */
  #parentheses(): void {
    let depth = 0;
    do {
      const character = this.#code[this.#at];
      if (character === undefined) throw openCode;
      if (character === '(') depth += 1;
      else if (character === ')') depth -= 1;
      if (/[()]/u.test(character)) this.#at += 1;
      else this.#part(character);
    } while (depth > 0);
  }

  /** Reads a condition up to `]]`; a regular expression in it has parentheses of its own. */
  #condition(): void {
    for (;;) {
      const character = this.#code[this.#at];
      if (character === undefined) throw openCode;
      if (/\s/u.test(this.#code[this.#at - 1] ?? '') && this.#match(/\]\](?=[\s;&|)]|$)/y) !== '') break;
      this.#part(character);
    }
    this.#at += 2;
  }

  /** Reads the head of a loop in arithmetic. */
  #forHead(): void {
    const blank = this.#match(/[ \t]*(?=\(\()/y);
    if (!this.#code.startsWith('((', this.#at + blank.length)) return;
    this.#at += blank.length;
    this.#parentheses();
  }

  #until(pattern: RegExp): void {
    const found = this.#match(pattern);
    if (found === '') throw openCode;
    this.#at += found.length;
  }
}

/** A command that is complete never goes on in the next line. */
export const bashGrammar: Grammar = { holdsDone: false, judge: judgeBash, goesOn: () => false };
