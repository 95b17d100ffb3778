import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createEngine } from 'hotcell';
import { afterAll, expect, test } from 'vitest';
import type { Grammar } from '../../../src/cli/statements/grammar.ts';
import { loadGrammar } from '../../../src/cli/statements/load-grammar.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const engine = createEngine({ wasm: false });
afterAll(() => engine.close());

/** Programs of this repository. */
const read = (...patterns: readonly string[]): string[] =>
  globSync([...patterns], { cwd: root })
    .sort()
    .map((file) => readFileSync(`${root}/${file}`, 'utf8'));

/** What the language itself says of the first lines of a program, for each number of lines: more is needed, or not. */
interface Judged {
  readonly lines: readonly string[];
  readonly verdicts: readonly ('more' | 'done' | 'broken')[];
}

const limits = { timeoutMs: 120_000, cpuMs: 110_000, valueKb: 16_384 };

const codeop = `
import ast, codeop, warnings
warnings.simplefilter("ignore")

def judge(text):
    try:
        return "done" if codeop.compile_command(text) else "more"
    except SyntaxError:
        return "broken"

judged = []
for text in inputs:
    lines = text.split("\\n")
    for node in ast.parse(text, type_comments=False).body:
        start = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))]) - 1
        part = lines[start:node.end_lineno][:60]
        if not any(isinstance(each, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for each in ast.walk(node)):
            judged.append({"lines": part, "verdicts": [judge("\\n".join(part[:n + 1])) for n in range(len(part))]})
judged
`;

const bashN = `
for name in program-*; do
  mapfile -t lines < "$name"
  for ((n = 1; n <= \${#lines[@]}; n++)); do
    said=$(head -n "$n" "$name" | bash -n 2>&1)
    code=$?
    case $said in
      *'unexpected EOF'*|*'unexpected end of file'*|*'delimited by end-of-file'*) echo "$name more" ;;
      *) if [ "$code" = 0 ]; then echo "$name done"; else echo "$name broken"; fi ;;
    esac
  done
done`;

/** Where the grammar says something else of valid code than the language does. */
function differences(grammar: Grammar, judged: readonly Judged[]): string[] {
  const found: string[] = [];
  for (const { lines, verdicts } of judged) {
    for (const [index, verdict] of verdicts.entries()) {
      const code = lines.slice(0, index + 1).join('\n');
      const progress = grammar.judge(code);
      // An empty line ends a block, as at a prompt.
      const needsMore = progress === 'open' || (progress === 'block' && !/\n\s*$/u.test(code));
      if (needsMore !== (verdict === 'more')) found.push(`${verdict}, not ${progress}: ${code.slice(-120)}`);
    }
  }
  return found;
}

test('what is incomplete in Python is what codeop calls so', async () => {
  const programs = read('sandbox-images/**/*.py', 'examples/**/*.py');
  const result = await engine.execute({ language: 'python', code: codeop, inputs: programs, limits });
  expect(result.error).toBeUndefined();
  const judged = result.value as unknown as Judged[];
  expect(judged.flatMap(({ verdicts }) => verdicts).length).toBeGreaterThan(2_000);
  expect(differences(await loadGrammar('python'), judged)).toEqual([]);
});

test('what is incomplete in Bash is what bash -n calls so', async () => {
  const programs = read('sandbox-images/**/*.sh', 'examples/**/*.sh', 'test/attacks/container/*.sh').map((text) =>
    text.split('\n').slice(0, 40).join('\n'),
  );
  const files = Object.fromEntries(programs.map((text, index) => [`program-${String(index).padStart(3, '0')}`, text]));
  const result = await engine.execute({ language: 'bash', code: bashN, files, limits });
  expect(result.error).toBeUndefined();
  const told = Map.groupBy(result.stdout.trimEnd().split('\n'), (line) => line.split(' ')[0]);
  const judged = Object.entries(files).map(([name, text]): Judged => {
    const lines = text.split('\n');
    // Bash itself accepts code that ends with a backslash.
    const verdicts = (told.get(name) ?? []).map((line, index) =>
      lines[index]?.endsWith('\\') ? 'more' : (line.split(' ')[1] as Judged['verdicts'][number]),
    );
    return { lines, verdicts };
  });
  expect(judged.flatMap(({ verdicts }) => verdicts).length).toBeGreaterThan(500);
  expect(differences(await loadGrammar('bash'), judged)).toEqual([]);
});
