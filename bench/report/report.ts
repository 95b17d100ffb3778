import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { goals, type Judged, judge } from '../goals.ts';
import type { Row } from '../rows.ts';
import type { Mode } from '../scenarios.ts';

/** All results of a run; written as JSON. */
export interface Report {
  readonly mode: Mode;
  readonly startedAt: string;
  readonly machine: Machine;
  readonly rows: readonly Row[];
  readonly goals: readonly Judged[];
}

/** The machine of the run, without which absolute figures mean nothing. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly docker: string;
}

/** Builds a report. */
export function makeReport(mode: Mode, startedAt: Date, rows: readonly Row[]): Report {
  return {
    mode,
    startedAt: startedAt.toISOString(),
    machine: describeMachine(),
    rows,
    goals: goals.map((goal) => judge(goal, rows)),
  };
}

function describeMachine(): Machine {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${distribution()}, kernel ${release()}`,
    node: process.version,
    docker: dockerVersion(),
  };
}

function distribution(): string {
  try {
    return /^PRETTY_NAME="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? process.platform;
  } catch {
    return process.platform;
  }
}

function dockerVersion(): string {
  try {
    const argv = ['version', '--format', '{{.Server.Version}}'];
    return execFileSync('docker', argv, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim();
  } catch {
    return 'none';
  }
}
