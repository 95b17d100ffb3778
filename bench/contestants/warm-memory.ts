/** Memory of one waiting cell. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { LeftOut } from '../contestant.ts';
import { median } from '../statistics.ts';
import type { Hotcell } from './hotcell.ts';
import { importPeer } from './import-peer.ts';

type CreateEngine = Hotcell['createEngine'];
const [few, many] = [2, 42];

/** Difference between host processes that keep many and few isolates ready, per isolate, in MB. */
export async function warmIsolateMemory(createEngine: CreateEngine): Promise<number> {
  const measure = async (spareIsolates: number): Promise<number> => {
    const before = new Set(childrenOf(process.pid));
    await using engine = createEngine({ docker: false, isolate: { spareIsolates, hostProcesses: 1, spareHosts: 1 } });
    await engine.execute({ language: 'javascript', code: '1 + 1' });
    // Isolates are made between jobs; the largest host process has all of them.
    await sleep(3_000);
    const hosts = childrenOf(process.pid).filter((pid) => !before.has(pid));
    return Math.max(...hosts.map(residentMb));
  };
  const small = await measure(few);
  return ((await measure(many)) - small) / (many - few);
}

/** The daemon's figure for a waiting container of this process, without the file cache as in `docker stats`, in MB. */
export async function warmCellMemory(): Promise<number> {
  const { default: Client } = await importPeer<{ default: typeof Docker }>('dockerode');
  const docker = new Client();
  const label = [`hotcell.pid=${process.pid}`];
  const waiting = await docker.listContainers({ filters: { label, status: ['running'] } });
  if (waiting.length === 0) throw new LeftOut('this build keeps no containers warm');
  return median(await Promise.all(waiting.map(({ Id }) => memoryOf(docker, Id))));
}

async function memoryOf(docker: Docker, id: string): Promise<number> {
  const { memory_stats: memory } = await docker.getContainer(id).stats({ stream: false, 'one-shot': true });
  const details = memory.stats as unknown as Readonly<Record<string, number>>;
  return (memory.usage - (details.total_inactive_file ?? details.inactive_file ?? 0)) / 1e6;
}

/** Direct children, from `/proc`. */
function childrenOf(pid: number): number[] {
  const parentOf = (other: string): number => Number(/^PPid:\s*(\d+)/m.exec(readStatus(other))?.[1]);
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s*(\d+)/m.exec(readStatus(String(pid)))?.[1] ?? 0) * 1.024e-3;
}

/** Empty if the process has just ended. */
function readStatus(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}
