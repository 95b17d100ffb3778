import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { listChildren } from './processes.ts';

/** Resources that a process holds at one moment: number by kind. */
export type Census = Readonly<Record<string, number>>;

/** Counts this process's descriptors by target, handles and timers, child processes, and temporary files. */
export function takeCensus(): Census {
  const held = [
    ...readdirSync('/proc/self/fd').map((fd) => `descriptor ${readTarget(fd)}`),
    ...process.getActiveResourcesInfo().map((name) => `handle ${name}`),
    ...listChildren(process.pid).map(({ name }) => `process ${name}`),
    ...readdirSync(tmpdir()).map((name) => `temporary file ${name}`),
  ];
  const census: Record<string, number> = {};
  for (const thing of held) census[thing] = (census[thing] ?? 0) + 1;
  return census;
}

/**
 * Makes Node open the descriptors that it keeps (the null device of its first child process), so that they do not count
 * as leaks.
 */
export async function warmUpProcess(): Promise<void> {
  const child = spawn(process.execPath, ['--version'], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((resolve) => child.once('close', resolve));
}

/** Kinds of which there are more than before, as `2 × descriptor socket`. */
export function findLeaks(before: Census, after: Census): string[] {
  return Object.entries(after)
    .map(([thing, count]) => ({ thing, more: count - (before[thing] ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ thing, more }) => `${more} × ${thing}`);
}

/** {@link findLeaks} once there are none, or after `patienceMs`: sockets and processes take time to end. */
export async function settleLeaks(before: Census, patienceMs: number): Promise<string[]> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const leaks = findLeaks(before, takeCensus());
    if (leaks.length === 0 || performance.now() > giveUpAtMs) return leaks;
    await sleep(100);
  }
}

/** Sockets and pipes without their numbers. The folder that is being read may already be gone. */
function readTarget(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/:\[\d+\]$/, '');
  } catch {
    return 'gone';
  }
}
