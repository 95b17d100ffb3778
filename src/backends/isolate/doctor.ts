import { performance } from 'node:perf_hooks';
import type { Check } from '../../contract/api/backend-reports.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { HostLease, HostPool } from './host-pool.ts';
import type { ReadyMessage } from './protocol.ts';
import { probeAnswer, probeJob, runReadinessProbe } from './readiness-probe.ts';

/** Deadline of the whole check, in milliseconds. */
const checkMaxMs = 15_000;

/** Starts a host process, runs a program in an isolate there and reports the result. Never rejects. */
export async function checkIsolates(hostPool: HostPool, signal: AbortSignal): Promise<readonly Check[]> {
  const checks: Check[] = [checkNode()];
  const within = AbortSignal.any([signal, AbortSignal.timeout(checkMaxMs)]);
  let lease: HostLease | undefined;
  try {
    const startedAt = performance.now();
    lease = await hostPool.lease(probeJob, within);
    const startMs = Math.round(performance.now() - startedAt);
    const ready = await lease.host.ready;
    checks.push({ name: 'isolated-vm', verdict: 'ok', detail: ready.isolatedVm }, checkUid(ready, lease.host.image));
    const runAt = performance.now();
    const value = await runReadinessProbe(lease.running, within);
    const runMs = Math.round(performance.now() - runAt);
    checks.push(
      value === probeAnswer
        ? { name: 'isolate', verdict: 'ok', detail: `host process ready in ${startMs} ms, program run in ${runMs} ms` }
        : {
            name: 'isolate',
            verdict: 'fail',
            detail: `${probeJob.code} came back as ${value}`,
            remedy: 'Reinstall hotcell.',
          },
    );
  } catch (error) {
    checks.push({
      name: 'isolate',
      verdict: 'fail',
      detail: textOfThrown(error),
      remedy: 'Run "npm rebuild isolated-vm" under Node 24 or newer and check that this process may start others.',
    });
  } finally {
    lease?.host.release(lease.running);
    lease?.host.kill({ kind: 'retired' });
  }
  return checks;
}

function checkNode(): Check {
  const found = { name: 'node', detail: process.version };
  return Number.parseInt(process.versions.node, 10) >= 24
    ? { ...found, verdict: 'ok' }
    : { ...found, verdict: 'fail', remedy: 'Install Node 24 or newer.' };
}

function checkUid({ uid }: ReadyMessage, image: string | undefined): Check {
  const name = 'isolate user';
  if (image !== undefined) return { name, verdict: uid === 0 ? 'fail' : 'ok', detail: `user ${uid} in a container` };
  if (uid === undefined) {
    return {
      name,
      verdict: 'warn',
      detail: 'this system has no user ids',
      remedy: 'Run hotcell on Linux in production.',
    };
  }
  if (process.getuid?.() === 0)
    return { name, verdict: uid === 0 ? 'fail' : 'ok', detail: `host processes run as user ${uid}, not as root` };
  return {
    name,
    verdict: 'warn',
    detail: `host processes run as user ${uid}, like this process`,
    remedy: 'Run hotcell as root or in its container to give each host process its own user.',
  };
}
