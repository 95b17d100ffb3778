/** `npm run bench`: the cost of a call, for hotcell and for other ways to run code, in one run. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { catalog } from './catalog.ts';
import { installPeers } from './packages.ts';
import { endProgress, showProgress } from './progress.ts';
import { writeDocs, writePlots } from './report/docs.ts';
import { drawPlots } from './report/plots.ts';
import { makeReport } from './report/report.ts';
import { toText } from './report/table.ts';
import { runGroups } from './run.ts';
import { groupsOf, type Mode, restrict } from './scenarios.ts';

const usage = `npm run bench -- [options]
  --quick        rough figures in under two minutes; the full run takes about three quarters of an hour
  --minutes N    leaves out scenarios that would start after N minutes, and reports them
  --only NAME    a family, group, scenario or contestant, such as javascript, idle, python/cold or vm2
  --json         the report as JSON on stdout instead of tables
  --out DIR      writes report.json, report.txt and the plots into a folder
  --write-docs   writes tables and plots into docs/performance.md and docs/plots/
`;
/** Two minutes minus the longest single step that may have started. */
const quickDeadlineMs = 100_000;

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    minutes: { type: 'string' },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
    'write-docs': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const mode: Mode = options.quick ? 'quick' : 'full';
const minutes = options.minutes === undefined ? Number.POSITIVE_INFINITY : Number(options.minutes);
const groups = restrict(groupsOf(mode), options.only);
if (!(minutes > 0)) {
  process.stderr.write(`--minutes must be a number above 0, but is ${options.minutes}.\n`);
  process.exit(2);
}
if (options.help || groups.length === 0) {
  const names = [...new Set(groupsOf(mode).map(({ id }) => id)), ...Object.keys(catalog)].join(', ');
  process.stderr.write(options.help ? usage : `--only ${options.only} matches nothing. The names are ${names}.\n`);
  process.exit(options.help ? 0 : 2);
}

const problem = await installPeers(showProgress);
if (problem !== undefined) process.stderr.write(`${problem}\nMissing peers are left out.\n`);

const startedAt = new Date();
const rows = await runGroups(groups, {
  hotcell: join(root, 'dist', 'index.js'),
  deadlineMs: Math.min(minutes * 60_000, mode === 'quick' ? quickDeadlineMs : Number.POSITIVE_INFINITY),
  report: showProgress,
});
endProgress();
const report = makeReport(mode, startedAt, rows);
const json = `${JSON.stringify(report, null, 2)}\n`;
process.stdout.write(options.json ? json : toText(report));

if (options.out !== undefined) {
  await mkdir(options.out, { recursive: true });
  await writeFile(join(options.out, 'report.json'), json);
  await writeFile(join(options.out, 'report.txt'), toText(report));
  await writePlots(options.out, drawPlots(rows));
}
if (options['write-docs']) await writeDocs(join(root, 'docs', 'performance.md'), report, drawPlots(rows));
