import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Check } from '../contract/api/backend-reports.ts';

const name = 'javascript: host processes';
/** The program of an isolate host process, as in its command line. */
const hostProgram = /isolate\/host\/main\.[jt]s/;

const looksMax = 8;
const lookAgainMs = 250;

/** Rights of one process, from the kernel. */
export interface ProcessRights {
  readonly commandLine: string;
  readonly environment: string;
  readonly effectiveUid: number;
  readonly capabilities: bigint;
}

/** Checks the host processes of this process from outside, with data of the kernel. Never rejects. */
export async function checkHostProcesses(): Promise<Check> {
  // A process that has just started still has its rights, so look again: only a lasting failure counts.
  for (let looks = 1; ; looks += 1) {
    const check = assessHostProcesses(await findHostProcesses(), process.getuid?.() ?? 0);
    if (check.verdict !== 'fail' || looks === looksMax) return check;
    await sleep(lookAgainMs);
  }
}

/**
 * A host process needs Node's permission model, an empty environment, no capabilities and, under root, another user.
 */
export function assessHostProcesses(hosts: readonly ProcessRights[], ownUid: number): Check {
  if (hosts.length === 0) {
    const remedy = 'If isolates run in a container, the container confines them. Otherwise run hotcell on Linux.';
    return { name, verdict: 'warn', detail: 'no isolate host process of this process can be seen', remedy };
  }
  const breaches = hosts.flatMap(({ commandLine, environment, effectiveUid, capabilities }) => [
    ...(/\0--permission\0/.test(commandLine) ? [] : ["Node's permission model is off"]),
    ...(/\0--allow-(fs-write|child-process|worker|net|wasi|inspector)/.test(commandLine)
      ? ['it has permissions that it does not need']
      : []),
    ...(environment === '' ? [] : ['its environment is not empty']),
    ...(effectiveUid === 0 && ownUid === 0 ? ['it runs as root'] : []),
    ...(capabilities === 0n ? [] : [`it has capabilities ${capabilities.toString(16)}`]),
  ]);
  if (breaches.length === 0) {
    const user = ownUid === 0 ? 'another user' : 'no more rights than this process';
    return {
      name,
      verdict: 'ok',
      detail: `${hosts.length} with no environment, no capability, ${user} and Node's permission model`,
    };
  }
  const remedy = 'Do not run untrusted code here. Start hotcell as root or as an ordinary user, on Node 24 or newer.';
  return { name, verdict: 'fail', detail: `NOT HELD: ${[...new Set(breaches)].join('; ')}`, remedy };
}

async function findHostProcesses(): Promise<ProcessRights[]> {
  const pids = await readdir('/proc').catch((): string[] => []);
  // Processes may end meanwhile.
  const found = pids.filter((pid) => /^\d+$/.test(pid)).map((pid) => readRights(pid).catch(() => undefined));
  return (await Promise.all(found)).filter((rights) => rights !== undefined);
}

async function readRights(pid: string): Promise<ProcessRights | undefined> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  if (!status.includes(`\nPPid:\t${process.pid}\n`)) return undefined;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  if (!hostProgram.test(commandLine)) return undefined;
  return {
    commandLine,
    environment: (await readFile(`/proc/${pid}/environ`, 'latin1')).replaceAll('\0', ''),
    effectiveUid: Number(/^Uid:\t\d+\t(\d+)/m.exec(status)?.[1]),
    capabilities: BigInt(`0x${/^CapEff:\t([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`),
  };
}
