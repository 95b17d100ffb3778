/**
 * Orders of cost: hotcell beside the raw machinery it stands on, in one run. `npm run bench -- [--calls N] [--only javascript|python|redaction] [--json]`
 */
import { parseArgs } from 'node:util';
import { javascriptContestants } from './javascript.ts';
import { type Measured, measure, quantile } from './measure.ts';
import { pythonContestants } from './python.ts';
import { redactionContestants, redactorContestants } from './redaction.ts';

const { values: options } = parseArgs({
  options: {
    calls: { type: 'string', default: '100' },
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

/** The first contestant of a group is what the others are compared with. */
const groups = [
  {
    name: 'javascript',
    title: 'JavaScript, one call: 1 + 1 in a fresh isolate',
    goal: 'hotcell at most 2 times the first line',
    open: javascriptContestants,
  },
  {
    name: 'python',
    title: 'Python, one cold call: 1 + 1 in a fresh container',
    goal: 'hotcell at most 1.15 times the first line',
    open: pythonContestants,
  },
  {
    name: 'redaction',
    title: 'Redaction of 1 MB of output in pieces of 64 KB',
    goal: 'at most 5 ms for known values (200 MB/s), 25 ms with pattern rules on ordinary output (40 MB/s)',
    open: redactionContestants,
  },
  {
    name: 'redaction',
    title: 'A redactor for one call',
    goal: 'small beside a call of 2 ms',
    open: redactorContestants,
  },
].filter(({ name }) => options.only === undefined || options.only === name);

const report: object[] = [];
for (const { title, goal, open } of groups) {
  await using group = await open();
  const rounds = Number(options.calls);
  const measured = await measure(group.contestants, rounds, (round) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${title}: ${round}/${rounds} `);
  });
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K');
  report.push({ title, goal, measured: measured.map(summarise) });
  if (!options.json) print(title, goal, measured);
}
if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

function summarise({ name, times, failures, leavesOut }: Measured): object {
  return {
    name,
    calls: times.length,
    failures,
    medianMs: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    p99Ms: quantile(times, 0.99),
    leavesOut,
  };
}

function print(title: string, goal: string, measured: readonly Measured[]): void {
  const baseline = quantile(measured[0]?.times ?? [], 0.5);
  process.stdout.write(`\n${title}\n${'median'.padStart(10)}${'p95'.padStart(10)}${'ratio'.padStart(8)}\n`);
  for (const { name, times, failures, leavesOut } of measured) {
    const [median, p95] = [quantile(times, 0.5), quantile(times, 0.95)];
    const figures = `${median.toFixed(2).padStart(7)} ms${p95.toFixed(2).padStart(7)} ms${(median / baseline).toFixed(2).padStart(8)}`;
    const failed = failures > 0 ? `, ${failures} FAILED` : '';
    process.stdout.write(`${figures}  ${name} (${times.length} calls${failed}; leaves out: ${leavesOut})\n`);
  }
  process.stdout.write(`goal: ${goal}\n`);
}
