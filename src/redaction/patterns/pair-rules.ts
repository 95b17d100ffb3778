import type { PatternRule } from './pattern-rule.ts';

/**
 * Rules for `password=…` and similar pairs: a telling name, `=` or `:`, and a value, as in JSON (also inside JSON),
 * YAML, `.env` files, code, headers, query strings, makefiles, XML elements and lists of `name`/`key` and `value`.
 * Names may have any prefix (`DB_PASSWORD`, `clientSecret`). Not redacted: words that mean "no value", references
 * (`$PASSWORD`, `${{ secrets.X }}`), code that fetches the value (`os.environ["X"]`, `config.password`, `getpass()`)
 * and, after a colon without quotes, more than one word, which is prose.
 */

/** One of these rules. */
interface PairNames {
  /** Regular expression for the names; at most {@link nameMax} characters. */
  readonly names: string;
  readonly keywords: readonly string[];
  /** A look-ahead that the value must match as well. */
  readonly also?: string;
}

const nameMax = 32;
const valueMax = 2_048;
/** After a colon, a shorter run must be the rest of its line; a longer one is not prose, whatever follows. */
const wordMax = 64;
const quote = '\\\\{0,3}["\'`]';
const gap = '[ \\t]{0,8}';
const bareCharacter = '[^\\s"\'`,;&<>()[\\]{}|\\\\]';
const endOfValue = `${gap}(?:[,;&})\\]]|#|\\\\[nr]|[\\r\\n]|$)`;
const assignment = '(?:(?:[ \\t]{0,2}:?[ \\t]{0,2}(?:string|str)[ \\t]{1,2})?[:.?+!]{0,3}={1,3}>?|%3D)';
/**
 * Only before a quoted value: `set("NAME", "…")` if that has a digit, `key="NAME" value="…"`, `"name": "NAME", "value":
 * "…"`.
 */
const lastArgument = `,(?=${gap}${quote}[^"'\`\\r\\n]{0,128}\\d[^"'\`\\r\\n]{0,128}${quote}${gap}\\))`;
const namedValue = `(?:${lastArgument}|[, \\t]${gap}(?:${quote})?value(?:${quote})?${gap}[:=](?=${gap}${quote}))`;
/** The value may stand on a separate line. */
const element = '>\\s{0,64}(?=[^\\s<>]{4,512}\\s{0,64}</)';
const colon = `:(?=${gap}(?:[bfru]{0,2}${quote}|${bareCharacter}{${wordMax}}|${bareCharacter}{1,${wordMax}}(?!${bareCharacter})${endOfValue}))`;
const noValue =
  '(?:none|null|nil|undefined|true|false|password|passwd|secret|token|key|string|str|text|value|any|unknown|number|boolean|bytes|' +
  '(?:nonshared)?buffer|uint8array|binarylike|keyobject|keylike|cryptokey|required|optional|' +
  'unset|empty|redacted|hidden|missing|invalid|incorrect|wrong|expired|failed|ok|yes|no|\\*{1,64}|x{3,8}|\\.{3,8}|\\d{1,3})';
const reference =
  '(?:[$%*<{]|\\[redacted:|-----BEGIN|(?:os|process|env|self|this|config|cfg|conf|settings|args|opts|options|params|' +
  'props|request|req|ctx|context|data|user|credentials|secrets|vault|var|local|module)\\.)';

const keyKinds = ['api', 'private', 'encryption', 'signing', 'access', 'auth', 'master', 'subscription', 'license'];

const shapes: Readonly<Record<string, PairNames>> = {
  password: {
    names: 'pass(?:word|wd|phrase)|_pass|_pwd',
    keywords: ['password', 'passwd', 'passphrase', '_pass', '_pwd'],
  },
  'api-key': {
    names: `(?:${keyKinds.join('|')})[_. -]?key`,
    keywords: keyKinds.flatMap((kind) => ['key', '_key', '.key', '-key', ' key'].map((key) => kind + key)),
  },
  secret: { names: 'secret(?:[_. -]?(?:access[_. -]?)?key)?', keywords: ['secret'] },
  token: {
    // Cursors of lists are also called tokens.
    names: '(?<!(?:next|page|continuation|sync)[_-]?)token',
    keywords: ['token'],
    also: '(?=[^\\s"\'`]{8})(?=[^\\s"\'`]{0,63}\\d)',
  },
};

/** To the end of the line or, after the tag of an element, to the end of the line with its value. */
const untilLineEndOrElement = /(?:[^\r\n>]{0,48}>\s{0,64})?[^\r\n]*$|[^\r\n>]{0,48}>\s{0,64}[^\s<>]{0,512}\s{0,64}<?$/y;

/** One rule for each of {@link shapes}. */
export const pairRules: readonly PatternRule[] = Object.entries(shapes).map(
  ([name, { names, keywords, also = '' }]) => {
    const key = `(?:${names})(?:(?:${quote})?\\]?${gap}(?:${assignment}|${colon})|${quote}${namedValue}|${element})${gap}`;
    const quoted =
      `([bfru]{0,2}(${quote}))(?!${reference}|${noValue}\\3)${also}` +
      `(?:(?!\\3)(?:\\\\[^\\r\\n]|[^\\\\\\r\\n])){3,${valueMax / 2}}`;
    // The look-ahead makes the run of characters atomic: the expression cannot backtrack into it.
    const bare =
      `(?!${reference}|${noValue}(?!${bareCharacter}))${also}` + `(?=(${bareCharacter}{4,${valueMax}}))\\4(?![(\\[])`;
    return {
      name,
      keywords,
      expression: new RegExp(`(${key})(?:${quoted}|${bare})`, 'iy'),
      longest: nameMax + valueMax + 256,
      undecided: untilLineEndOrElement,
      source: 'OWASP Logging Cheat Sheet, "Data to exclude"',
    };
  },
);

const nameAtEnd = new RegExp(
  `(?:${Object.values(shapes)
    .map(({ names }) => names)
    .join('|')})$`,
  'i',
);

/** Whether the name of a member or variable is one that {@link pairRules} match. */
export function isTellingName(name: string): boolean {
  return nameAtEnd.test(name.slice(-nameMax));
}
