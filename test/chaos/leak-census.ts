import { spawn } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { listChildren } from './processes.ts';

/** What a process holds at one moment: how many there are of each thing. */
export type Census = Readonly<Record<string, number>>;

/** Counts what this process holds: descriptors by what they lead to, handles and timers, children, temporary files. */
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

/** Has Node open what it opens once and keeps, so that it is no leak: the null device of its first child process. */
export async function warmUpProcess(): Promise<void> {
  const child = spawn(process.execPath, ['--version'], { stdio: ['ignore', 'ignore', 'pipe'] });
  await new Promise((resolve) => child.once('close', resolve));
}

/** What there is more of than before: `2 × descriptor socket`. */
export function findLeaks(before: Census, after: Census): string[] {
  return Object.entries(after)
    .map(([thing, count]) => ({ thing, more: count - (before[thing] ?? 0) }))
    .filter(({ more }) => more > 0)
    .map(({ thing, more }) => `${more} × ${thing}`);
}

/** {@link findLeaks} once there are none, or after `patienceMs`: sockets close and processes end in their own time. */
export async function settleLeaks(before: Census, patienceMs: number): Promise<string[]> {
  const giveUpAtMs = performance.now() + patienceMs;
  for (;;) {
    const leaks = findLeaks(before, takeCensus());
    if (leaks.length === 0 || performance.now() > giveUpAtMs) return leaks;
    await sleep(100);
  }
}

/** Sockets and pipes without their numbers; the folder that is being read is not there any more. */
function readTarget(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/:\[\d+\]$/, '');
  } catch {
    return 'gone';
  }
}
