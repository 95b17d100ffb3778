/**
 * Theory of operation. A fault excuses a failed call only if it hit something that the call used. A container runs one
 * job, so its fault excuses one call: the one whose error names it, or else one that ran out of time in it. A host
 * process runs jobs of one tenant, so its fault excuses calls of one tenant. Only faults of a whole engine, or of the
 * Docker engine, excuse all calls during them, and only those explain a queue that did not move.
 */
import type { Injected } from './fault.ts';
import type { Outcome } from './load.ts';

/** Time after which a dead or paused host is noticed, because its streams end or its heartbeats are missing. */
const noticedMs = 1_000;

/** The failures that no fault excuses. Each fault is used up by the calls that it excuses. */
export function findUnexplained(failures: readonly Outcome[], injected: readonly Injected[]): readonly Outcome[] {
  const open = new Set(failures);
  const excuse = (outcomes: readonly Outcome[]): void => {
    for (const outcome of outcomes) open.delete(outcome);
  };
  const matching = (fault: Injected): Outcome[] => [...open].filter((outcome) => couldExcuse(fault, outcome));
  const of = (...kinds: readonly Injected['target']['kind'][]): Injected[] =>
    injected.filter(({ target }) => kinds.includes(target.kind));

  // Narrow faults are kept for calls that no wider fault explains.
  for (const fault of of('daemon', 'engine')) excuse(matching(fault));
  for (const fault of of('host')) excuse(largestTenant(matching(fault)));
  const unnamed: Injected[] = [];
  for (const fault of of('container')) {
    const named = matching(fault).find(({ container }) => container !== undefined);
    if (named) open.delete(named);
    else unnamed.push(fault);
  }
  for (const fault of unnamed)
    excuse(
      matching(fault)
        .sort((a, b) => a.toMs - b.toMs)
        .slice(0, 1),
    );
  return [...open];
}

/** Whether the call used the fault's target at that time, and ended in a way that the fault can cause. */
function couldExcuse({ fault, target, fromMs, toMs }: Injected, outcome: Outcome): boolean {
  const aftermathMs = target.kind === 'host' || target.kind === 'engine' ? noticedMs : 0;
  if (outcome.toMs < fromMs || outcome.fromMs > toMs + aftermathMs) return false;
  if (outcome.worth === 'slowed' && !fault.stops) return false;
  if (target.kind !== 'daemon' && target.engine !== outcome.engine) return false;
  const isQueue = outcome.code === 'QUEUE_TIMEOUT' || outcome.code === 'QUEUE_FULL';
  switch (target.kind) {
    case 'engine':
      return true;
    case 'daemon':
      return outcome.backend === 'docker';
    case 'host':
      return outcome.backend === 'isolate' && !isQueue;
    case 'container':
      if (outcome.backend !== 'docker' || isQueue) return false;
      // An error without a container's name is about time that ran out, and only a paused container costs time.
      return outcome.container === undefined ? fault.stops : outcome.container === target.name;
  }
}

function largestTenant(outcomes: readonly Outcome[]): readonly Outcome[] {
  const tenants = Object.values(Object.groupBy(outcomes, ({ tenant }) => tenant));
  return tenants.reduce<readonly Outcome[]>((most, some = []) => (some.length > most.length ? some : most), []);
}
