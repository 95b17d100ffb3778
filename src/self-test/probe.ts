import type { ExecutionStatus } from '../contract/api/errors.ts';
import type { PartialLimits } from '../contract/api/limits.ts';
import type { Language } from '../contract/api/request.ts';
import type { JsonValue } from '../contract/schema/json.ts';

/**
 * One attack on this host. Its program prints `TRIED` after the attack, or right before one that must end it, and
 * `BREACH` with the evidence if something gives way. It stops by itself if nothing stops it: a successful attack costs
 * the host a few hundred MiB or processes for a moment, and no more.
 */
export interface Probe {
  /** Unique within its language. */
  readonly name: string;
  readonly language: Language;
  /** The property that must hold, as a statement for the report. */
  readonly holds: string;
  /** What to do if it does not hold. */
  readonly remedy: string;
  /** How the job must end. Default `success`. */
  readonly ends?: ExecutionStatus | undefined;
  /** The expected value, if a guest might forge it. */
  readonly value?: JsonValue | undefined;
  /** The attack is on the host's kernel, and says nothing if the runtime has its own kernel (gVisor, Kata). */
  readonly sharedKernel?: boolean | undefined;
  /** Breaches that only lead to a warning if the runtime has its own kernel: they affect only that kernel. */
  readonly harmlessInOwnKernel?: RegExp | undefined;
  readonly limits?: PartialLimits | undefined;
  /** A program that runs earlier, for the same tenant, and leaves traces that `code` must not find. */
  readonly before?: string | undefined;
  readonly code: string;
}

/** The `inputs` of probes: the places of the bait. None of it is secret. */
export interface Bait {
  /** A file on the host that everybody can read. */
  readonly file: string;
  /** A variable in the environment of the engine's process. */
  readonly variable: string;
  /** A TCP port on the host's loopback. */
  readonly port: number;
  /** An abstract Unix socket on the host, without its leading null byte. */
  readonly socket: string;
  /** Process id of the engine's process. */
  readonly pid: number;
}

/** Name of the secret that each probe has in its environment. */
export const secretName = 'SELF_TEST_SECRET';

/** Completes the probes of one language: `prelude` has the functions that their programs use. */
export function probesIn(language: Language, prelude: string, probes: readonly Omit<Probe, 'language'>[]): Probe[] {
  return probes.map((probe) => ({
    ...probe,
    language,
    before: probe.before === undefined ? undefined : prelude + probe.before,
    code: prelude + probe.code,
  }));
}
