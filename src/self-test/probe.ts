import type { ExecutionStatus } from '../contract/api/errors.ts';
import type { PartialLimits } from '../contract/api/limits.ts';
import type { Language } from '../contract/api/request.ts';
import type { JsonValue } from '../contract/schema/json.ts';

/**
 * One attack on this host. Its program says `TRIED` once the attack was made, or right before one that must end it, and
 * `BREACH` with what it got where something gives way. It stops by itself where nothing stops it: what does not hold
 * costs the host a few hundred MiB or processes for a moment, and no more.
 */
export interface Probe {
  /** Unique within its language. */
  readonly name: string;
  readonly language: Language;
  /** What must hold, as a statement; it stands in the report. */
  readonly holds: string;
  /** What to do where it does not. */
  readonly remedy: string;
  /** How the job must end. Default `success`. */
  readonly ends?: ExecutionStatus | undefined;
  /** What the value must be, where a guest might have forged it. */
  readonly value?: JsonValue | undefined;
  /** It is about the host's kernel, and says nothing where the runtime brings a kernel of its own (gVisor, Kata). */
  readonly sharedKernel?: boolean | undefined;
  /** Breaches that are a warning where the runtime brings a kernel of its own: a guest does these to that kernel alone. */
  readonly harmlessInOwnKernel?: RegExp | undefined;
  readonly limits?: PartialLimits | undefined;
  /** A program that runs before it, in the same tenant, and leaves what `code` must not find. */
  readonly before?: string | undefined;
  readonly code: string;
}

/** What probes get as `inputs`: where the bait lies. Nothing in it is secret. */
export interface Bait {
  /** A file on the host that everybody may read. */
  readonly file: string;
  /** A variable in the environment of the engine's process. */
  readonly variable: string;
  /** A TCP port on the host's loopback. */
  readonly port: number;
  /** An abstract Unix socket on the host, without its leading null byte. */
  readonly socket: string;
  /** The engine's process. */
  readonly pid: number;
}

/** The secret that each probe is given, in its environment. */
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
