/**
 * Theory of operation. A call that failed is excused only by a fault that hit what the call was using. A container has one
 * job in its life, so its fault excuses one call: the one whose error names it, or else one that ran out of time in it. A
 * host process has jobs of one tenant, so its fault excuses calls of one tenant. Only what hits a whole engine, or the
 * Docker engine, excuses all calls that it met, and only those explain a queue that did not move.
 */
import type { Injected } from './fault.ts';
import type { Outcome } from './load.ts';

/** A host that died or stood still is noticed, at the latest, when its streams end or its heartbeats are missed. */
const noticedMs = 1_000;

/** Of failures that a fault might excuse, those that none does. Each fault is used up by what it excuses. */
export function findUnexplained(failures: readonly Outcome[], injected: readonly Injected[]): readonly Outcome[] {
  const open = new Set(failures);
  const excuse = (outcomes: readonly Outcome[]): void => {
    for (const outcome of outcomes) open.delete(outcome);
  };
  const matching = (fault: Injected): Outcome[] => [...open].filter((outcome) => couldExcuse(fault, outcome));
  const of = (...kinds: readonly Injected['target']['kind'][]): Injected[] =>
    injected.filter(({ target }) => kinds.includes(target.kind));

  // The narrow ones are kept for what nothing wider explains.
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

/** Whether the call used, at that time, what the fault hit, and ended as that makes calls end. */
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
      // An error that names no container speaks of time that ran out, and only who stands still takes time.
      return outcome.container === undefined ? fault.stops : outcome.container === target.name;
  }
}

function largestTenant(outcomes: readonly Outcome[]): readonly Outcome[] {
  const tenants = Object.values(Object.groupBy(outcomes, ({ tenant }) => tenant));
  return tenants.reduce<readonly Outcome[]>((most, some = []) => (some.length > most.length ? some : most), []);
}
