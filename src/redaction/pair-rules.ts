import { type PatternRule, untilLineEnd } from './pattern-rule.ts';

/**
 * `password=…` and its kin: a telling name, `=` or `:`, and a value, as in JSON (also inside JSON), YAML, `.env` files,
 * code, headers and query strings. Names may have anything before them (`DB_PASSWORD`, `clientSecret`). Not redacted:
 * words that say that there is no value, references (`$PASSWORD`, `${{ secrets.X }}`), code that fetches the value
 * (`os.environ["X"]`, `config.password`, `getpass()`) and, after a colon without quotes, more than one word: prose.
 */

/** One rule of this page. */
interface PairNames {
  /** Expression of the names; {@link nameMax} characters at most. */
  readonly names: string;
  readonly keywords: readonly string[];
  /** A look-ahead that the value must pass as well. */
  readonly also?: string;
}

const nameMax = 32;
const valueMax = 2_048;
/** Shorter, because a try looks for the end of the line behind the value. */
const valueAfterColonMax = 512;
const quote = '\\\\{0,3}["\'`]';
const gap = '[ \\t]{0,8}';
const bareCharacter = '[^\\s"\'`,;&<>()[\\]{}|\\\\]';
const endOfValue = `${gap}(?:[,;&})\\]]|#|\\\\[nr]|[\\r\\n]|$)`;
const assignment = '(?:=>|:=|={1,3}|%3D)';
const colon = `:(?=${gap}(?:[bfru]{0,2}${quote}|${bareCharacter}{1,${valueAfterColonMax}}(?!${bareCharacter})${endOfValue}))`;
const noValue =
  '(?:none|null|nil|undefined|true|false|password|passwd|secret|token|key|string|str|text|value|required|optional|' +
  'unset|empty|redacted|hidden|missing|invalid|incorrect|wrong|expired|failed|ok|yes|no|\\*{1,64}|x{3,8}|\\.{3,8}|\\d{1,3})';
const reference =
  '(?:[$%*<{]|\\[redacted:|-----BEGIN|(?:os|process|env|self|this|config|cfg|conf|settings|args|opts|options|params|' +
  'props|request|req|ctx|context|data|user|credentials|secrets|vault)\\.)';

const shapes: Readonly<Record<string, PairNames>> = {
  password: {
    names: 'pass(?:word|wd|phrase)|_pass|_pwd',
    keywords: ['password', 'passwd', 'passphrase', '_pass', '_pwd'],
  },
  'api-key': {
    names: '(?:api|private|encryption|signing)[_. -]?key',
    keywords: ['api', 'private', 'encryption', 'signing'].flatMap((kind) =>
      ['key', '_key', '.key', '-key', ' key'].map((key) => kind + key),
    ),
  },
  secret: { names: 'secret(?:[_. -]?(?:access[_. -]?)?key)?', keywords: ['secret'] },
  token: {
    // Cursors of lists are called tokens, too.
    names: '(?<!(?:next|page|continuation|sync)[_-]?)token',
    keywords: ['token'],
    also: '(?=[^\\s"\'`]{8})(?=[^\\s"\'`]{0,63}\\d)',
  },
};

/** The rules for {@link shapes}. */
export const pairRules: readonly PatternRule[] = Object.entries(shapes).map(
  ([name, { names, keywords, also = '' }]) => {
    const key = `(?:${names})(?:${quote})?\\]?${gap}(?:${assignment}|${colon})${gap}`;
    const quoted =
      `([bfru]{0,2}(${quote}))(?!${reference}|${noValue}\\3)${also}` +
      `(?:(?!\\3)(?:\\\\[^\\r\\n]|[^\\\\\\r\\n])){3,${valueMax / 2}}`;
    // The look-ahead makes the run of characters atomic: nothing is given back to please what follows.
    const bare =
      `(?!${reference}|${noValue}(?!${bareCharacter}))${also}` + `(?=(${bareCharacter}{4,${valueMax}}))\\4(?![(\\[])`;
    return {
      name,
      keywords,
      expression: new RegExp(`(${key})(?:${quoted}|${bare})`, 'iy'),
      longest: nameMax + valueMax + 64,
      undecided: untilLineEnd,
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

/** Whether a name of a member or variable is one that {@link pairRules} know. */
export function isTellingName(name: string): boolean {
  return nameAtEnd.test(name.slice(-nameMax));
}
