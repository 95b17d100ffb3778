import type { Residue } from './strangers.ts';
import type { Tally } from './tally.ts';

/** The figures of a run. */
export interface Report {
  /** Description of the load. */
  readonly load: string;
  readonly seed: number;
  readonly seconds: number;
  readonly calls: number;
  readonly callsPerSecond: number;
  readonly hostile: number;
  readonly verdicts: Readonly<Record<string, number>>;
  /** Number of injected faults by kind; absent in a soak. */
  readonly faults?: Readonly<Record<string, number>> | undefined;
  /** Failures that a fault explains, each a typed result in time. */
  readonly disturbed: number;
  readonly wrong: number;
  readonly late: number;
  readonly lost: number;
  readonly leaks: readonly string[];
  /** Leftovers of a killed Docker engine: none of them runs code, and none can be reached through its API. */
  readonly residue?: Residue | undefined;
  readonly memory: MemoryReport;
  readonly complaints: readonly string[];
  /** Whether all counts that must be 0 are 0, and memory did not grow. */
  readonly held: boolean;
}

/** Resident memory of the engine's process. */
export interface MemoryReport {
  readonly firstMb: number;
  readonly lastMb: number;
  /** Last tenth relative to the second tenth; absent if the run was too short. */
  readonly drift?: number | undefined;
}

/** More growth of memory than this is a leak. */
export const driftMax = 0.1;

/** Builds and assesses a report. */
export function makeReport(
  tally: Tally,
  run: Pick<Report, 'load' | 'seed' | 'seconds' | 'faults' | 'leaks' | 'residue' | 'memory'>,
): Report {
  const { calls, hostile, verdicts, disturbed, wrong, late, lost, complaints } = tally;
  const held = tally.faulty === 0 && run.leaks.length === 0 && (run.memory.drift ?? 0) < driftMax;
  const callsPerSecond = Math.round((10 * calls) / run.seconds) / 10;
  return { ...run, calls, callsPerSecond, hostile, verdicts, disturbed, wrong, late, lost, complaints, held };
}

/** The report as text lines. */
export function printReport(report: Report): string {
  const { calls, hostile, seconds, callsPerSecond, memory, faults = {}, leaks } = report;
  const drift = memory.drift === undefined ? 'too short to tell' : `${(100 * memory.drift).toFixed(1)} %`;
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
  const lines = [
    row('load', `${report.load}, seed ${report.seed}`),
    row('calls', `${calls} in ${seconds.toFixed(0)} s, ${callsPerSecond} a second, ${hostile} of them hostile`),
    ...table('verdicts', report.verdicts),
    row('faults', `${injected} injected`),
    ...table('', faults),
    row('results', `${report.wrong} wrong, ${report.late} late, ${report.lost} lost, ${report.disturbed} disturbed`),
    row('leaks', String(leaks.length)),
    ...leaks.map((leak) => row('', leak)),
    ...residueRows(report.residue),
    row('memory', `${memory.firstMb.toFixed(0)} MiB at first, ${memory.lastMb.toFixed(0)} MiB at last, drift ${drift}`),
    ...report.complaints.map((complaint) => row('complaint', complaint)),
    row('verdict', report.held ? 'held' : 'NOT HELD'),
  ];
  return `${lines.join('\n')}\n`;
}

function residueRows({ emptyShims, unstarted }: Residue = { emptyShims: 0, unstarted: 0 }): string[] {
  if (emptyShims + unstarted === 0) return [];
  return [
    row('docker', `lost ${emptyShims} shims without a process and ${unstarted} containers that it never started`),
  ];
}

function row(title: string, text: string): string {
  return `${title.padEnd(11)}${text}`;
}

function table(title: string, counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).map(([name, count], index) =>
    row(index === 0 ? title : '', `${String(count).padStart(6)}  ${name}`),
  );
}
