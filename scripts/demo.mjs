/** One call in each language, on files of this project, with the times of its phases. */
import { readFile } from 'node:fs/promises';
import { createEngine } from 'hotcell';

/** @param {string} path */
const read = (path) => readFile(new URL(`../${path}`, import.meta.url), 'utf8');

/** @type {readonly { readonly question: string, readonly request: import('hotcell').ExecutionRequest }[]} */
const calls = [
  {
    question: 'licences of the packages in package-lock.json',
    request: {
      language: 'javascript',
      inputs: JSON.parse(await read('package-lock.json')),
      code: `
        const counts = {};
        for (const { license = 'none' } of Object.values(inputs.packages)) counts[license] = (counts[license] ?? 0) + 1;
        Object.fromEntries(Object.entries(counts).sort((a, b) => b[1] - a[1]).slice(0, 3));
      `,
    },
  },
  {
    question: 'exports of the public API, from src/index.ts',
    request: {
      language: 'typescript',
      inputs: await read('src/index.ts'),
      code: `
        interface Tally { values: number; types: number }
        const lists: RegExpStringIterator<RegExpExecArray> = (inputs as string).matchAll(/export (type )?\\{([^}]*)\\}/g);
        const tally: Tally = { values: 0, types: 0 };
        for (const [, wholeListIsTypes, names] of lists) {
          for (const name of names!.split(',').map((part) => part.trim()).filter(Boolean)) {
            tally[wholeListIsTypes || name.startsWith('type ') ? 'types' : 'values'] += 1;
          }
        }
        tally;
      `,
    },
  },
  {
    question: 'most frequent long words in README.md',
    request: {
      language: 'python',
      files: { 'README.md': await read('README.md') },
      code: [
        'import re',
        'from collections import Counter',
        'words = re.findall(r"[a-z]{6,}", open("README.md").read().lower())',
        'print(f"{len(words)} long words read")',
        'dict(Counter(words).most_common(3))',
      ].join('\n'),
    },
  },
  {
    question: 'error codes by status, from src/contract/api/errors.ts',
    request: {
      language: 'bash',
      stdin: await read('src/contract/api/errors.ts'),
      code: `grep -oP "^    status: '\\K\\w+" | sort | uniq -c | sort -rn | head -3 |
        jq -R -s 'split("\\n") | map(select(. != "") | [splits(" +")] | {(.[2]): (.[1] | tonumber)}) | add' > "$HOTCELL_VALUE"`,
    },
  },
];

await using engine = createEngine({ fallback: 'wasm' });
const header = ['language', 'status', 'in', 'acquire', 'run', 'settle', 'total', 'value'];
const rows = [header];
let isWithoutDocker = false;
for (const { question, request } of calls) {
  console.log(`${request.language.padEnd(11)} ${question}`);
  const result = await engine.execute(request);
  const { queuedMs, acquireMs, runMs, settleMs } = result.timings;
  rows.push([
    request.language,
    result.status,
    result.sandbox ? `${result.sandbox.backend} (${result.sandbox.runtime})` : '-',
    ...[acquireMs, runMs, settleMs, queuedMs + acquireMs + runMs + settleMs].map((ms) => `${ms.toFixed(1)} ms`),
    result.error ? `${result.error.code}: ${result.error.message}` : JSON.stringify(result.value),
  ]);
  if (result.status !== 'success' && result.status !== 'unavailable') process.exitCode = 1;
  if (result.sandbox?.backend === 'wasm' && !isWithoutDocker) {
    isWithoutDocker = true;
    console.log('            No Docker engine answers, so Python and Bash run in WebAssembly, inside isolates.');
  }
}

const widths = header.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
const isNumber = (/** @type {number} */ column) => column >= 3 && column <= 6;
console.log();
for (const row of rows) {
  const cells = row.map((cell, column) => {
    const width = widths[column] ?? 0;
    if (column === row.length - 1) return cell;
    return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
  });
  console.log(cells.join('  '));
}
