/**
 * Recall and false positives on the test vectors of public secret scanners:
 * `node bench/vectors/main.ts [--gitleaks DIR] [--trufflehog DIR] [--ordinary DIR] [--missed] [--json]`; the first two are
 * checkouts of those projects, the third has texts with no secrets in them, such as `node_modules`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRedactor } from '../../src/redaction/redactor.ts';
import { readGitleaks } from './gitleaks.ts';
import { readTrufflehog } from './trufflehog.ts';
import type { Vector } from './vector.ts';

const { values: options } = parseArgs({
  options: {
    gitleaks: { type: 'string' },
    trufflehog: { type: 'string' },
    ordinary: { type: 'string' },
    missed: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

/** The outcome of one text; a negative one is right if it stays unchanged. */
interface Judged extends Vector {
  readonly right: boolean;
  readonly shown: string;
}

function judge(vector: Vector): Judged {
  const shown = createRedactor({}, {}).text('stdout', vector.text);
  const { secrets, text } = vector;
  const right = secrets.length === 0 ? shown === text : !secrets.some((secret) => shown.includes(secret));
  return { ...vector, shown, right };
}

const share = (of: readonly Judged[]): string =>
  `${of.filter(({ right }) => right).length} of ${of.length} (${((100 * of.filter(({ right }) => right).length) / Math.max(1, of.length)).toFixed(1)} %)`;

function report(scanner: string, vectors: readonly Vector[]): object {
  // Expected secrets that are not in the text itself, for example because a detector decodes it, cannot be judged here.
  const judged = vectors.filter(({ secrets, text }) => secrets.every((secret) => text.includes(secret))).map(judge);
  const positive = judged.filter(({ secrets }) => secrets.length > 0);
  const negative = judged.filter(({ secrets }) => secrets.length === 0);
  const rules = [...Map.groupBy(positive, ({ rule }) => rule)];
  const whole = rules.filter(([, of]) => of.every(({ right }) => right));
  const without = rules.filter(([, of]) => !of.some(({ right }) => right));
  if (!options.json) {
    process.stdout.write(`\n${scanner}\n`);
    process.stdout.write(`  secrets removed       ${share(positive)}\n`);
    process.stdout.write(`  rules fully covered   ${whole.length} of ${rules.length}; not at all: ${without.length}\n`);
    process.stdout.write(`  negatives unchanged   ${share(negative)}\n`);
    if (options.missed) {
      for (const [rule, of] of rules.sort(([, one], [, other]) => rate(one) - rate(other)))
        if (rate(of) < 1)
          process.stdout.write(
            `  - ${rule}: ${share(of)}; ${JSON.stringify(of.find(({ right }) => !right)?.text.slice(0, 200))}\n`,
          );
      for (const { rule, text, shown } of negative.filter(({ right }) => !right))
        process.stdout.write(
          `  + ${rule}: ${JSON.stringify(text.slice(0, 160))} → ${JSON.stringify(shown.slice(0, 160))}\n`,
        );
    }
  }
  return {
    scanner,
    positive: share(positive),
    negative: share(negative),
    rules: rules.length,
    whole: whole.length,
    without: without.map(([rule]) => rule),
  };
}

const rate = (of: readonly Judged[]): number => of.filter(({ right }) => right).length / of.length;

/** Matches of the rules in texts without secrets: code, documentation, data. */
function reportOrdinary(folder: string): object {
  const found = new Map<string, number>();
  let bytes = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!/\.(?:[cm]?[jt]s|md|json|py|txt|ya?ml|html|css)$/.test(name) || !statSync(join(folder, name)).isFile())
      continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const redactor = createRedactor({}, {});
    const shown = redactor.text('stdout', text);
    bytes += text.length;
    for (const { rule, count } of redactor.redactions) found.set(rule, (found.get(rule) ?? 0) + count);
    if (options.missed)
      for (const [line] of shown.matchAll(/.{0,60}\[redacted:.{0,40}/g)) process.stdout.write(`  + ${name}: ${line}\n`);
  }
  const rules = Object.fromEntries([...found].sort(([, one], [, other]) => other - one));
  const count = [...found.values()].reduce((sum, of) => sum + of, 0);
  const perMegabyte = Number(((1e6 * count) / Math.max(1, bytes)).toFixed(2));
  if (!options.json) {
    process.stdout.write(
      `\nordinary text, ${(bytes / 1e6).toFixed(1)} MB\n  redacted              ${count}, ${perMegabyte} a MB\n`,
    );
    process.stdout.write(`  by rule               ${JSON.stringify(rules)}\n`);
  }
  return { megabytes: bytes / 1e6, count, perMegabyte, rules };
}

const reports = [
  ...(options.gitleaks === undefined ? [] : [report('gitleaks', readGitleaks(options.gitleaks))]),
  ...(options.trufflehog === undefined ? [] : [report('trufflehog', readTrufflehog(options.trufflehog))]),
  ...(options.ordinary === undefined ? [] : [reportOrdinary(options.ordinary)]),
];
if (reports.length === 0) process.stderr.write('Give --gitleaks DIR, --trufflehog DIR or --ordinary DIR.\n');
if (options.json) process.stdout.write(`${JSON.stringify(reports, null, 2)}\n`);
