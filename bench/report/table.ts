/** The report as text for a terminal, and as tables for the docs. */
import { catalog } from '../catalog.ts';
import { type Judged, notInThisRun } from '../goals.ts';
import type { Row } from '../rows.ts';
import type { Report } from './report.ts';

/** The rows by scenario, in their original order. */
export function byScenario(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  return Map.groupBy(rows, ({ scenario }) => scenario);
}

/** The whole report for a terminal. */
export function toText(report: Report): string {
  const lines: string[] = [];
  for (const [scenario, rows] of byScenario(report.rows)) {
    const reason = commonReason(rows);
    if (reason === undefined) lines.push('', scenario, ...aligned([headings, ...rows.map(cells)]));
    else lines.push('', `${scenario}: left out: ${reason}`);
  }
  const judged = report.goals.filter(({ because }) => because !== notInThisRun);
  const others = report.goals.length - judged.length;
  lines.push('', 'goals', ...aligned([['', 'figure', 'goal', ''], ...judged.map(goalCells)]));
  if (others > 0) lines.push(`${others} goals need scenarios that were not part of this run.`);
  return `${lines.join('\n').trim()}\n`;
}

/** All scenarios as Markdown tables. */
export function toMarkdown(report: Report): string {
  const scenarios = [...byScenario(report.rows)].map(
    ([scenario, rows]) =>
      `#### ${scenario}\n\n${commonReason(rows)?.replace(/^/, 'Left out: ') ?? markdown([headings, ...rows.map(cells)])}`,
  );
  return scenarios.join('\n\n');
}

/** The reason why a scenario has no figures at all. */
function commonReason(rows: readonly Row[]): string | undefined {
  const [first] = rows;
  return rows.every((row) => row.figures === undefined && row.failures === 0 && row.leftOut === first?.leftOut)
    ? first?.leftOut
    : undefined;
}

/** The goals as a Markdown table. */
export function goalsToMarkdown(judged: readonly Judged[]): string {
  return markdown([['verdict', 'figure', 'goal', 'what'], ...judged.map(goalCells)]);
}

const headings = [
  'contestant',
  'p50 ms',
  '± ms',
  'p95 ms',
  'p99 ms',
  'calls/s',
  'cpu ms',
  'calls',
  'failed',
  'leaves out',
];

function cells(row: Row): string[] {
  const { title, leavesOut } = catalog[row.contestant] ?? { title: row.contestant, leavesOut: '' };
  const { figures } = row;
  const failed = row.firstFailure === undefined ? '' : `FAILED: ${row.firstFailure.split('\n', 1)[0]?.slice(0, 100)}; `;
  const failures = String(row.failures);
  if (figures === undefined) {
    const reason = row.leftOut === undefined ? '' : `left out: ${row.leftOut}`;
    return [title, ...blanks(6), '0', failures, `${failed}${reason}`];
  }
  if (Number.isFinite(figures.memoryMb)) {
    return [title, ...blanks(7), failures, `${short(figures.memoryMb)} MB a waiting cell`];
  }
  const { p50Ms, spreadMs, p95Ms, p99Ms, perSecond, cpuMsPerCall } = figures;
  const numbers = [p50Ms, spreadMs, p95Ms, p99Ms, perSecond, cpuMsPerCall].map(short);
  return [title, ...numbers, String(row.calls), failures, `${failed}${leavesOut}`];
}

function blanks(count: number): string[] {
  return Array.from({ length: count }, () => '–');
}

function goalCells({ goal, value, verdict, because }: Judged): string[] {
  const bound = goal.atMost === undefined ? `≥ ${short(goal.atLeast ?? 0)}` : `≤ ${short(goal.atMost)}`;
  const what = because === undefined ? goal.what : `${goal.what} (${because})`;
  return [verdict, value === undefined ? '–' : short(value), bound, what];
}

/** Three significant digits. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const digits = Math.max(0, Math.min(4, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(digits);
}

function aligned(table: readonly (readonly string[])[]): string[] {
  const widths = (table[0] ?? []).map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
  return table.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column, row.length)).join('  '));
}

/** Aligns names and remarks to the left, numbers to the right. */
function pad(cell: string, width: number, column: number, columns: number): string {
  if (column === columns - 1) return cell;
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

function markdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|').replace(/\s+/g, ' ')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
