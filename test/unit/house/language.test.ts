import { globSync, readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'acorn';
import { describe, expect, test } from 'vitest';
import { idioms, sectionNumber } from './idioms.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A text of a file, with its first line. */
interface Prose {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

interface Parts {
  readonly messages: readonly Prose[];
  readonly comments: readonly Prose[];
}

const list = (...globs: readonly string[]): string[] =>
  globSync([...globs], { cwd: root, exclude: (path) => path.includes('node_modules') }).sort();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

/** A page without its code blocks and cited test names. */
function pageOf(file: string): Prose {
  const text = read(file)
    .replaceAll(/^```[\s\S]*?^```/gm, blank)
    .replaceAll(/`test\/[^`\n]*`: [^|\n]*/g, blank)
    .replaceAll(/`[^`\n]*`/g, blank);
  return { file, line: 1, text };
}

/** The strings and comments of a TypeScript or JavaScript program. */
function scriptOf(file: string): Parts {
  const source = read(file);
  const text = file.endsWith('.ts') ? stripTypeScriptTypes(source) : source;
  const messages: Prose[] = [];
  const comments: Prose[] = [];
  parse(text, {
    ecmaVersion: 'latest',
    sourceType: 'module',
    allowReturnOutsideFunction: true,
    locations: true,
    onToken: ({ type, start, end, loc }) => {
      if (type.label !== 'string' && type.label !== 'template') return;
      messages.push({ file, line: loc?.start.line ?? 1, text: source.slice(start, end) });
    },
    onComment: (_isBlock, _text, start, end, from) =>
      comments.push({ file, line: from?.line ?? 1, text: source.slice(start, end) }),
  });
  // Comments within types are blank in `text`.
  for (const { 0: found, index } of source.matchAll(/\/\*[\s\S]*?\*\/|(?<=^[ \t]*)\/\/[^\n]*/gm)) {
    if (text.slice(index, index + 2).trim() === '') comments.push({ file, line: lineAt(source, index), text: found });
  }
  return { messages, comments };
}

/** The strings and comments of a Python program; doc strings are comments. */
function pythonOf(file: string): Parts {
  const text = read(file);
  const messages: Prose[] = [];
  const comments: Prose[] = [];
  const tokens = /"""[\s\S]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g;
  for (const { 0: token, index } of text.matchAll(tokens)) {
    const isComment = token.startsWith('#') || token.startsWith('"""');
    (isComment ? comments : messages).push({ file, line: lineAt(text, index), text: token });
  }
  return { messages, comments };
}

/** The comments of a shell script. */
function shellOf(file: string): Parts {
  const text = read(file);
  const found = [...text.matchAll(/(?<=^|\s)#[^\n]*/g)];
  const comments = found.map(({ 0: comment, index }) => ({ file, line: lineAt(text, index), text: comment }));
  return { messages: [], comments };
}

function partsOf(file: string): Parts {
  if (file.endsWith('.py')) return pythonOf(file);
  return /\.(?:ts|mjs|js)$/.test(file) ? scriptOf(file) : shellOf(file);
}

const pages = list('*.md', 'docs/**/*.md', 'sandbox-images/**/*.md', 'test/**/*.md').map(pageOf);
function programsIn(folder: string): Parts {
  const files = list(`${folder}/**/*.{ts,mjs,js,py,sh}`).filter((file) => !file.endsWith('house/idioms.ts'));
  const parts = files.map(partsOf);
  return { messages: parts.flatMap(({ messages }) => messages), comments: parts.flatMap(({ comments }) => comments) };
}

const programs: Readonly<Record<string, Parts>> = {
  src: programsIn('src'),
  'sandbox-images': programsIn('sandbox-images'),
  test: programsIn('test'),
  bench: programsIn('bench'),
  scripts: programsIn('scripts'),
};

/** `file:line: "words" → plain form` for each idiom in the texts. */
function hits(texts: readonly Prose[]): string[] {
  return texts.flatMap(({ file, line, text }) =>
    idioms.flatMap(({ pattern, plain }) =>
      [...text.matchAll(spaced(pattern))].map(
        ({ 0: words, index }) =>
          `${file}:${line + lineAt(text, index) - 1}: "${words.replaceAll(/\s+/g, ' ').trim()}" → ${plain}`,
      ),
    ),
  );
}

/** Makes a space also match a line end, with the marks that start the next line of a comment. */
function spaced(pattern: RegExp): RegExp {
  return new RegExp(pattern.source.replaceAll(' ', '(?:\\s+(?:[*#]+\\s+)?)'), `${pattern.flags}gm`);
}

describe('each idiom', () => {
  test.each(idioms.map(({ example, ...idiom }) => [example, idiom] as const))(
    '%s',
    (example, { pattern, fine = [] }) => {
      expect(example).toMatch(spaced(pattern));
      expect(example.replaceAll(' ', '\n * ')).toMatch(spaced(pattern));
      for (const text of fine) expect(text).not.toMatch(spaced(pattern));
    },
  );
});

test('pages are in plain English', () => {
  expect(pages.length).toBeGreaterThan(45);
  expect(hits(pages)).toEqual([]);
});

test('messages are in plain English', () => {
  const { test: _, ...product } = programs;
  const messages = Object.values(product).flatMap((parts) => parts.messages);
  expect(messages.length).toBeGreaterThan(2_000);
  expect(hits(messages)).toEqual([]);
});

test('comments are in plain English', () => {
  const comments = Object.values(programs).flatMap((parts) => parts.comments);
  expect(comments.length).toBeGreaterThan(4_000);
  expect(hits(comments)).toEqual([]);
});

test('no text cites the number of a section of a page', () => {
  const texts = [...pages, ...Object.values(programs).flatMap(({ comments }) => comments)];
  const cited = texts.filter(({ text }) => spaced(sectionNumber).test(text)).map(({ file, line }) => `${file}:${line}`);
  expect(cited).toEqual([]);
});

/** Most characters of a table cell that readers can still take in at a glance. */
const cellMax = 300;

test('cells of tables are short', () => {
  const long = pages
    .filter(({ file }) => file !== 'docs/performance.md')
    .flatMap(({ file }) =>
      read(file)
        .split('\n')
        .flatMap((text, index) =>
          text.startsWith('|') && text.split(' | ').some((cell) => cell.length > cellMax)
            ? [`${file}:${index + 1}`]
            : [],
        ),
    );
  expect(long).toEqual([]);
});
