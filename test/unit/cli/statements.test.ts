import type { Language } from 'hotcell';
import { describe, expect, test } from 'vitest';
import { loadGrammar } from '../../../src/cli/statements/load-grammar.ts';
import { Statements } from '../../../src/cli/statements/statements.ts';

/**
 * What lines become that come together, and what is left that is not complete. At a terminal an empty line is typed, and
 * nothing comes after it for a while.
 */
async function split(language: Language, text: string, isTyped = false): Promise<string[]> {
  const statements = new Statements(await loadGrammar(language));
  const ready = text
    .split('\n')
    .flatMap((line) => [...statements.push(line), ...(isTyped ? statements.rest(true) : [])]);
  ready.push(...statements.rest(isTyped));
  return statements.isBegun ? [...ready, `… ${statements.end()}`] : ready;
}

describe('Python', () => {
  test.each([
    ['a line', 'x = 1', ['x = 1']],
    ['lines', 'x = 1\n\ny = 2', ['x = 1', 'y = 2']],
    ['brackets', 'f(1,\n  [2,\n   3])', ['f(1,\n  [2,\n   3])']],
    ['brackets in strings and comments', 'x = "("  # (', ['x = "("  # (']],
    ['long strings', 'x = """\n\n("""\ny', ['x = """\n\n("""', 'y']],
    ['strings in formatted strings', 'x = f"{d["("]:{w}}"\ny', ['x = f"{d["("]:{w}}"', 'y']],
    ['long formatted strings', 'f"""{\n1}\n\n"""\ny', ['f"""{\n1}\n\n"""', 'y']],
    ['a line that goes on', 'x = 1 + \\\n  2', ['x = 1 + \\\n  2']],
    [
      'colons that open no block',
      'x = {1: 2}\nx[0:1]\nf = lambda: 1\ny: int',
      ['x = {1: 2}', 'x[0:1]', 'f = lambda: 1', 'y: int'],
    ],
    ['blocks in one line', 'if a: b\nelse: c\nd', ['if a: b\nelse: c', 'd']],
    [
      'match, and what is only called so',
      'match x:\n  case 1:\n    2\nmatch = 3',
      ['match x:\n  case 1:\n    2', 'match = 3'],
    ],
    ['a comment at the margin of a block', 'def f():\n  1\n# why\n  2\nf()', ['def f():\n  1\n# why\n  2', 'f()']],
    ['try', 'try:\n  1\nexcept* E:\n  2\nfinally:\n  3\n4', ['try:\n  1\nexcept* E:\n  2\nfinally:\n  3', '4']],
    ['asynchronous blocks', 'async def f():\n  1\nawait f()', ['async def f():\n  1', 'await f()']],
    ['blocks, with empty lines in them', 'def f():\n  a\n\n  return 1\nf()', ['def f():\n  a\n\n  return 1', 'f()']],
    ['all of a statement', 'if a:\n  1\nelse:\n  2\n3', ['if a:\n  1\nelse:\n  2', '3']],
    [
      'decorated classes',
      '@dataclass\nclass P:\n    x: int\n\n    y: int\nP(1)',
      ['@dataclass\nclass P:\n    x: int\n\n    y: int', 'P(1)'],
    ],
    ['decorators', '@d(1,\n   2)\n# why\n@e\ndef f():\n  1\nf()', ['@d(1,\n   2)\n# why\n@e\ndef f():\n  1', 'f()']],
    ['what no line can mend', 'x = )\n"abc\n  y\nz', ['x = )', '"abc', '  y', 'z']],
    ['a block without a line', 'def f():\nx', ['def f():\nx']],
    ['a block that is not over', 'while True:\n  1', ['… while True:\n  1']],
  ])('%s', async (_, text, expected) => {
    expect(await split('python', text)).toEqual(expected);
  });

  test('an empty line ends a block at a terminal, if it has a line', async () => {
    expect(await split('python', 'def f():\n\n  1\n\nf()', true)).toEqual(['def f():\n\n  1\n', 'f()']);
    expect(await split('python', 'f(\n\n\n1)', true)).toEqual(['f(\n\n\n1)']);
  });
});

const scripts: readonly [string, string, readonly string[]][] = [
  ['brackets', 'const x = {\n a: [1,\n 2] };\nx', ['const x = {\n a: [1,\n 2] };', 'x']],
  ['strings and comments', 'f("{", \'(\', /* [ */ 1); // {', ['f("{", \'(\', /* [ */ 1); // {']],
  ['long comments', '/* a\nb */ 1', ['/* a\nb */ 1']],
  ['templates', '`a {\n${f({ a: 1 })}\n`\n1', ['`a {\n${f({ a: 1 })}\n`', '1']],
  ['regular expressions', 'x = /[(]/;\ny / 2 / (3)', ['x = /[(]/;', 'y / 2 / (3)']],
  ['operators at the end', 'a = b +\n  c ?\n  d\n: e', ['a = b +\n  c ?\n  d\n: e']],
  ['operators at the beginning', 'a\n  && b\n  .c\nd', ['a\n  && b\n  .c', 'd']],
  [
    'chains',
    'x\n  .map((n) => {\n    return n;\n  })\n  .join()\ny',
    ['x\n  .map((n) => {\n    return n;\n  })\n  .join()', 'y'],
  ],
  [
    'else, catch and while',
    'if (a) {\n}\nelse b\ntry {\n}\ncatch {\n}\ndo {\n}\nwhile (a)\nc',
    ['if (a) {\n}\nelse b', 'try {\n}\ncatch {\n}', 'do {\n}\nwhile (a)', 'c'],
  ],
  ['objects', '{ a: 1,\n  b: 2 }\n{ a: 1 }', ['{ a: 1,\n  b: 2 }', '{ a: 1 }']],
  [
    'classes',
    'class A {\n  #x = 1;\n\n  get x() {\n    return this.#x;\n  }\n}\nnew A()',
    ['class A {\n  #x = 1;\n\n  get x() {\n    return this.#x;\n  }\n}', 'new A()'],
  ],
  ['imports', 'import {\n  a,\n} from "b"\nc', ['import {\n  a,\n} from "b"', 'c']],
  ['await', 'await f(\n  1)\nfor await (const x of y) {\n}', ['await f(\n  1)', 'for await (const x of y) {\n}']],
  ['what no line can mend', 'x = )\n"abc\nz', ['x = )', '"abc', 'z']],
  ['a string that goes on', '"abc\\\ndef"\nz', ['"abc\\\ndef"', 'z']],
  ['what is not over', 'f(\n', ['… f(\n']],
];

test.each(scripts)('JavaScript: %s', async (_, text, expected) => {
  expect(await split('javascript', text)).toEqual(expected);
});

test.each([
  ...scripts,
  [
    'types',
    'type A =\n  | "a"\n  | "b"\nlet x: Array<\n  A>\nx',
    ['type A =\n  | "a"\n  | "b"', 'let x: Array<\n  A>', 'x'],
  ],
  [
    'interfaces and enums',
    'interface P {\n  x: number;\n}\nenum E {\n  A,\n}\nE',
    ['interface P {\n  x: number;\n}', 'enum E {\n  A,\n}', 'E'],
  ],
  [
    'assertions',
    'const x = y as\n  string\n(x satisfies string)',
    ['const x = y as\n  string', '(x satisfies string)'],
  ],
] as const)('TypeScript: %s', async (_, text, expected) => {
  expect(await split('typescript', text)).toEqual(expected);
});

test.each([
  [
    'blocks',
    'if a; then\n b\nfi\nfor x in 1; do\n c\ndone\nd',
    ['if a; then\n b\nfi', 'for x in 1; do\n c\ndone', 'd'],
  ],
  ['words that begin no block', 'echo if do case', ['echo if do case']],
  [
    'cases',
    'case a in\n a|(b) echo done;;\n *) if c; then d; fi\nesac\nc',
    ['case a in\n a|(b) echo done;;\n *) if c; then d; fi\nesac', 'c'],
  ],
  ['functions', 'f() {\n a\n}\nfunction g\n{\n a\n}\nf', ['f() {\n a\n}', 'function g\n{\n a\n}', 'f']],
  ['quotes', 'echo \'a\nb\' "c\nd"', ['echo \'a\nb\' "c\nd"']],
  ['quotes in quotes', 'echo "$(echo "a\n)" \')\' )"\nb', ['echo "$(echo "a\n)" \')\' )"', 'b']],
  ['comments', "a # it's\nb", ["a # it's", 'b']],
  ['what is no comment', 'echo ${x#a} $# a#b\nb', ['echo ${x#a} $# a#b', 'b']],
  ['here-documents', 'cat <<END\nif (\nEND\nb', ['cat <<END\nif (\nEND', 'b']],
  ['two here-documents', "cat <<A <<-'B'\nB\nA\n\tB\nb", ["cat <<A <<-'B'\nB\nA\n\tB", 'b']],
  [
    'shifts and here-strings',
    'echo $((1 << 2))\n((x <<= 1))\ncat <<< y\nb',
    ['echo $((1 << 2))', '((x <<= 1))', 'cat <<< y', 'b'],
  ],
  ['arrays', 'a=(if\n  "b c")\nb', ['a=(if\n  "b c")', 'b']],
  ['conditions', '[[ a =~ ^(b|c)$ &&\n  -f d ]] && e\nf', ['[[ a =~ ^(b|c)$ &&\n  -f d ]] && e', 'f']],
  ['loops in arithmetic', 'for ((i = 0; i < 3; i++))\ndo a\ndone\nb', ['for ((i = 0; i < 3; i++))\ndo a\ndone', 'b']],
  ['subshells and groups', '(\n a\n)\n{ a; }\nb <(c\n)', ['(\n a\n)', '{ a; }', 'b <(c\n)']],
  ['pipelines', 'a |\n b &&\n c \\\n d', ['a |\n b &&\n c \\\n d']],
  ['what no line can mend', 'a )\nfi\nb', ['a )', 'fi', 'b']],
  ['what is not over', 'while a; do\n b', ['… while a; do\n b']],
])('Bash: %s', async (_, text, expected) => {
  expect(await split('bash', text)).toEqual(expected);
});

test('long code is put together in little time', async () => {
  const items = Array.from({ length: 5_000 }, (_, index) => `  ${index},`).join('\n');
  expect(await split('javascript', `x = [\n${items}\n]\nx`)).toHaveLength(2);
  expect(await split('python', `x = [\n${items}\n]\nx`)).toHaveLength(2);
});
