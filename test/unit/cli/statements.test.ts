import type { Language } from 'hotcell';
import { describe, expect, test } from 'vitest';
import { Statements } from '../../../src/cli/statements.ts';

/** The statements of the lines, and the incomplete rest. */
function split(language: Language, text: string, isTerminal = false): string[] {
  const statements = new Statements(language, isTerminal);
  const ready = text.split('\n').flatMap((line) => statements.push(line));
  return statements.isBegun ? [...ready, `… ${statements.end()}`] : ready;
}

describe('Python', () => {
  test.each([
    ['a line', 'x = 1', ['x = 1']],
    ['lines', 'x = 1\n\ny = 2', ['x = 1', 'y = 2']],
    ['brackets', 'f(1,\n  [2,\n   3])', ['f(1,\n  [2,\n   3])']],
    ['brackets in strings and comments', 'x = "("  # (', ['x = "("  # (']],
    ['long strings', 'x = """\n\n("""\ny', ['x = """\n\n("""', 'y']],
    ['a line that goes on', 'x = 1 + \\\n  2', ['x = 1 + \\\n  2']],
    ['blocks, with empty lines in them', 'def f():\n  a\n\n  return 1\nf()', ['def f():\n  a\n\n  return 1', 'f()']],
    ['all of a statement', 'if a:\n  1\nelse:\n  2\n3', ['if a:\n  1\nelse:\n  2', '3']],
    [
      'decorated functions',
      '@d\ndef f():\n  1\nf()',
      ['… @d\ndef f():\n  1\nf()'].slice(1).concat(['@d', 'def f():\n  1', 'f()']),
    ],
    ['a block that is not over', 'while True:\n  1', ['… while True:\n  1']],
  ])('%s', (_, text, expected) => {
    expect(split('python', text)).toEqual(expected);
  });

  test('an empty line ends a block at a terminal, and two end any statement', () => {
    expect(split('python', 'def f():\n  1\n\nf()', true)).toEqual(['def f():\n  1\n', 'f()']);
    expect(split('python', 'f(\n\n\n1', true)).toEqual(['f(\n\n', '1']);
  });
});

test.each([
  ['brackets', 'const x = {\n a: [1,\n 2] };\nx', ['const x = {\n a: [1,\n 2] };', 'x']],
  ['strings and comments', 'f("{", \'(\', /* [ */ 1); // {', ['f("{", \'(\', /* [ */ 1); // {']],
  ['long comments', '/* a\nb */ 1', ['/* a\nb */ 1']],
  ['templates', '`a {\n${f({ a: 1 })}\n`\n1', ['`a {\n${f({ a: 1 })}\n`', '1']],
])('JavaScript: %s', (_, text, expected) => {
  expect(split('javascript', text)).toEqual(expected);
});

test.each([
  [
    'blocks',
    'if a; then\n b\nfi\nfor x in 1; do\n c\ndone\nd',
    ['if a; then\n b\nfi', 'for x in 1; do\n c\ndone', 'd'],
  ],
  ['words that begin no block', 'echo if do case', ['echo if do case']],
  ['cases', 'case a in\n a) b;;\nesac\nc', ['case a in\n a) b;;\nesac', 'c']],
  ['functions', 'f() {\n a\n}\nf', ['f() {\n a\n}', 'f']],
  ['quotes', 'echo \'a\nb\' "c\nd"', ['echo \'a\nb\' "c\nd"']],
  ['comments', "a # it's\nb", ["a # it's", 'b']],
  ['here-documents', 'cat <<END\nif (\nEND\nb', ['cat <<END\nif (\nEND', 'b']],
  ['pipelines', 'a |\n b &&\n c \\\n d', ['a |\n b &&\n c \\\n d']],
])('Bash: %s', (_, text, expected) => {
  expect(split('bash', text)).toEqual(expected);
});
