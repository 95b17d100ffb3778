/**
 * The part of Go that test tables need: string literals, `+`, lists, maps and calls of known functions. An expression
 * with anything else is unknown.
 */

/** The value of an expression; `undefined` if unknown. */
export type GoValue = string | readonly string[] | undefined;

/** Functions that expressions may call, by their names in the source. */
export type GoFunctions = Readonly<Record<string, (...given: readonly string[]) => GoValue>>;

const token =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])*'|[A-Za-z_][\w.]*|:=|\.\.\.|\d[\w.]*|\S/g;

/** The tokens of a source, without its comments. */
export function tokensOf(source: string): string[] {
  return (source.match(token) ?? []).filter((text) => !text.startsWith('//') && !text.startsWith('/*'));
}

/** Reads expressions from a list of tokens, one after another. */
export class GoReader {
  readonly #tokens: readonly string[];
  readonly #functions: GoFunctions;
  readonly #variables: Map<string, GoValue>;
  at = 0;

  constructor(tokens: readonly string[], functions: GoFunctions, variables: Map<string, GoValue>) {
    this.#tokens = tokens;
    this.#functions = functions;
    this.#variables = variables;
  }

  get next(): string {
    return this.#tokens[this.at] ?? '';
  }

  take(): string {
    const { next } = this;
    this.at += 1;
    return next;
  }

  expression(): GoValue {
    let value = this.#operand();
    while (this.next === '+') {
      this.take();
      const right = this.#operand();
      value = typeof value === 'string' && typeof right === 'string' ? value + right : undefined;
    }
    return value;
  }

  #operand(): GoValue {
    const text = this.take();
    if (text.startsWith('`')) return text.slice(1, -1);
    if (text.startsWith('"')) return unquote(text);
    if (text === '[' || text === 'map') return this.#composite(text);
    if (!/^[A-Za-z_]/.test(text)) return undefined;
    if (this.next !== '(') return this.#variables.get(text);
    const given = this.#list(')');
    if (text === 'append') return given.flatMap((item) => item ?? []);
    const call = this.#functions[text];
    const texts = given.filter((item) => typeof item === 'string');
    return call && texts.length === given.length ? call(...texts) : undefined;
  }

  /** `[]string{…}` and `map[string]string{…}`; a map gives its values. */
  #composite(first: string): GoValue {
    while (this.next !== '{' && this.next !== '') this.take();
    return this.#list('}', first === 'map').flatMap((item) => item ?? []);
  }

  #list(end: ')' | '}', keyed = false): GoValue[] {
    this.take();
    const items: GoValue[] = [];
    while (this.next !== end && this.next !== '') {
      let item = this.expression();
      if (keyed && this.next === ':') {
        this.take();
        item = this.expression();
      }
      items.push(item);
      // Skips anything unknown up to the next comma of this level.
      for (let depth = 0; this.next !== '' && (depth > 0 || (this.next !== ',' && this.next !== end)); ) {
        const passed = this.take();
        if ('([{'.includes(passed)) depth += 1;
        if (')]}'.includes(passed)) depth -= 1;
      }
      if (this.next === ',') this.take();
    }
    this.take();
    return items;
  }
}

function unquote(literal: string): string | undefined {
  try {
    return JSON.parse(literal.replaceAll(/\\x([0-9A-Fa-f]{2})/g, '\\u00$1').replaceAll(/\\([av'])/g, '$1')) as string;
  } catch {
    return undefined;
  }
}
