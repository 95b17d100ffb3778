import { defaultLimits, type Limits, type PartialLimits } from '../../contract/api/limits.ts';
import type { NetworkPolicy } from '../../contract/api/network.ts';
import { defaultNetworkLimits, type NetworkLimits } from '../../contract/api/network-limits.ts';
import type { JobNetwork } from '../../contract/spi/job.ts';

/**
 * The limits of a job: the requested ones or else the defaults, and never above the ceilings. `cpuMs` follows
 * `timeoutMs`.
 */
export function clampLimits(asked: PartialLimits, ceilings: Limits): Limits {
  const timeoutMs = Math.min(asked.timeoutMs ?? defaultLimits.timeoutMs, ceilings.timeoutMs);
  const clamp = (name: keyof Limits): number => Math.min(asked[name] ?? defaultLimits[name], ceilings[name]);
  return Object.freeze({
    timeoutMs,
    cpuMs: Math.min(asked.cpuMs ?? timeoutMs, ceilings.cpuMs),
    memoryMb: clamp('memoryMb'),
    processes: clamp('processes'),
    diskMb: clamp('diskMb'),
    fileMb: clamp('fileMb'),
    outputKb: clamp('outputKb'),
    valueKb: clamp('valueKb'),
    openFiles: clamp('openFiles'),
    toolCalls: clamp('toolCalls'),
  });
}

/** The network of a job, its limits clamped in the same way; `undefined` if nothing is allowed. */
export function clampNetwork(policy: 'none' | NetworkPolicy, ceilings: NetworkLimits): JobNetwork | undefined {
  if (policy === 'none' || policy.allow.length === 0) return undefined;
  const { allow, inject = [], limits: asked = {} } = policy;
  const clamp = (name: keyof NetworkLimits): number =>
    Math.min(asked[name] ?? defaultNetworkLimits[name], ceilings[name]);
  const limits: NetworkLimits = Object.freeze({
    openConnections: clamp('openConnections'),
    connections: clamp('connections'),
    sentMb: clamp('sentMb'),
    connectionSentMb: clamp('connectionSentMb'),
    receivedMb: clamp('receivedMb'),
    connectionReceivedMb: clamp('connectionReceivedMb'),
    connectTimeoutMs: clamp('connectTimeoutMs'),
    idleTimeoutMs: clamp('idleTimeoutMs'),
    connectionTimeoutMs: clamp('connectionTimeoutMs'),
  });
  return Object.freeze({ allow, inject, limits });
}
