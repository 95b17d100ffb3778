import type { Intrinsics } from '../intrinsics.ts';

/**
 * Defines `URL` and `URLSearchParams`. The host's own parser takes addresses apart: `ask` passes on the text
 * and returns the parts, one per line, or '' if the address is not valid.
 */
export function installUrl(
  { define, split, join }: Intrinsics,
  ask: (question: 'url' | 'url-set', address: string, detail: string) => string,
): void {
  const parts = [
    'href',
    'origin',
    'protocol',
    'username',
    'password',
    'host',
    'hostname',
    'port',
    'pathname',
    'search',
    'hash',
  ] as const;

  const decode = (text: string): string => {
    const spaced = text.replaceAll('+', ' ');
    try {
      return decodeURIComponent(spaced);
    } catch {
      // A stray % is kept, the well-formed rest is decoded.
      return spaced.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => {
        try {
          return decodeURIComponent(run);
        } catch {
          return '\ufffd';
        }
      });
    }
  };
  const encode = (text: string): string =>
    encodeURIComponent(text.toWellFormed())
      .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
      .replaceAll('%20', '+');

  class URLSearchParams {
    #pairs: [name: string, value: string][] = [];
    #changed: ((search: string) => void) | undefined;
    static {
      bind = (parameters, search, changed) => {
        parameters.#pairs = URLSearchParams.#parse(search);
        parameters.#changed = changed;
      };
    }
    static #parse(text: string): [string, string][] {
      return (text.startsWith('?') ? text.slice(1) : text)
        .split('&')
        .filter((pair) => pair !== '')
        .map((pair) => {
          const at = pair.indexOf('=');
          return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
        });
    }
    constructor(init?: unknown) {
      if (init === undefined || init === null) return;
      if (typeof init !== 'object') this.#pairs = URLSearchParams.#parse(`${init as string}`);
      else if (Symbol.iterator in init) {
        for (const pair of init as Iterable<Iterable<unknown>>) {
          const [name, value, ...more] = pair;
          if (value === undefined || more.length > 0) {
            throw new TypeError('Each query pair must be an iterable [name, value] tuple');
          }
          this.#pairs.push([`${name as string}`, `${value as string}`]);
        }
      } else this.#pairs = Object.entries(init).map(([name, value]) => [name, `${value as string}`]);
    }
    #change(pairs: [string, string][]): void {
      this.#pairs = pairs;
      this.#changed?.(this.toString());
    }
    get size(): number {
      return this.#pairs.length;
    }
    append(name: unknown, value: unknown): void {
      this.#change([...this.#pairs, [`${name as string}`, `${value as string}`]]);
    }
    delete(name: unknown, value?: unknown): void {
      this.#change(
        this.#pairs.filter(
          ([key, text]) => key !== `${name as string}` || (value !== undefined && text !== `${value as string}`),
        ),
      );
    }
    get(name: unknown): string | null {
      return this.#pairs.find(([key]) => key === `${name as string}`)?.[1] ?? null;
    }
    getAll(name: unknown): string[] {
      return this.#pairs.filter(([key]) => key === `${name as string}`).map(([, value]) => value);
    }
    has(name: unknown, value?: unknown): boolean {
      return this.#pairs.some(
        ([key, text]) => key === `${name as string}` && (value === undefined || text === `${value as string}`),
      );
    }
    set(name: unknown, value: unknown): void {
      const key = `${name as string}`;
      const at = this.#pairs.findIndex(([other]) => other === key);
      const pairs = this.#pairs.filter(([other], index) => other !== key || index === at);
      if (at < 0) pairs.push([key, `${value as string}`]);
      else pairs[at] = [key, `${value as string}`];
      this.#change(pairs);
    }
    sort(): void {
      this.#change(this.#pairs.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
    }
    forEach(callback: (value: string, name: string, parameters: this) => void, self?: unknown): void {
      for (const [name, value] of this.#pairs) callback.call(self, value, name, this);
    }
    *entries(): Generator<[string, string]> {
      for (const [name, value] of this.#pairs) yield [name, value];
    }
    *keys(): Generator<string> {
      for (const [name] of this.#pairs) yield name;
    }
    *values(): Generator<string> {
      for (const [, value] of this.#pairs) yield value;
    }
    [Symbol.iterator](): Generator<[string, string]> {
      return this.entries();
    }
    toString(): string {
      return this.#pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&');
    }
    get [Symbol.toStringTag](): string {
      return 'URLSearchParams';
    }
  }
  var bind: (parameters: URLSearchParams, search: string, changed: (search: string) => void) => void;

  const invalid = (input: string): Error => {
    const error = new TypeError('Invalid URL');
    return Object.assign(error, { code: 'ERR_INVALID_URL', input });
  };
  class URL {
    #parts: string[] = [];
    #parameters: URLSearchParams | undefined;
    static canParse(input: unknown, base?: unknown): boolean {
      return ask('url', `${input as string}`, base === undefined ? '' : `${base as string}`) !== '';
    }
    static parse(input: unknown, base?: unknown): URL | null {
      return URL.canParse(input, base) ? new URL(input, base) : null;
    }
    static {
      for (const [index, part] of parts.entries()) {
        Object.defineProperty(URL.prototype, part, {
          configurable: true,
          enumerable: true,
          get(this: URL) {
            return this.#parts[index];
          },
          ...(part !== 'origin' && {
            set(this: URL, value: unknown) {
              this.#set(part, `${value as string}`);
              this.#parameters = undefined;
            },
          }),
        });
      }
    }
    constructor(input: unknown, base?: unknown) {
      const text = `${input as string}`;
      const answer = ask('url', text, base === undefined ? '' : `${base as string}`);
      if (answer === '') throw invalid(text);
      this.#parts = split(answer, '\n');
    }
    #set(part: string, value: string): void {
      const answer = ask('url-set', this.#parts[0] ?? '', join([part, value], '\n'));
      if (answer === '') throw invalid(value);
      this.#parts = split(answer, '\n');
    }
    get searchParams(): URLSearchParams {
      if (this.#parameters === undefined) {
        this.#parameters = new URLSearchParams();
        bind(this.#parameters, this.#parts[9] ?? '', (search) => this.#set('search', search));
      }
      return this.#parameters;
    }
    toString(): string {
      return this.#parts[0] ?? '';
    }
    toJSON(): string {
      return this.#parts[0] ?? '';
    }
    get [Symbol.toStringTag](): string {
      return 'URL';
    }
  }
  define(globalThis, 'URL', URL);
  define(globalThis, 'URLSearchParams', URLSearchParams);
}
