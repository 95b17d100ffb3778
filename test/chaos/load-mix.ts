import { defineTool, type Language, type Tool } from 'hotcell';
import { z } from 'zod';
import type { Caller, Guest } from './guest.ts';
import { hostileGuests } from './hostile-guests.ts';
import { ordinaryGuests, toolCodes } from './ordinary-guests.ts';
import type { Random } from './random.ts';

/** The mix of a load. */
export interface MixOptions {
  /** The weight of each language; others are not called. */
  readonly shares: Readonly<Partial<Record<Language, number>>>;
  /** The share of hostile calls in each language, 0 to 1. */
  readonly hostile: number;
}

/**
 * Few calls in containers: a call in an isolate takes milliseconds, one in a container a quarter of a second. So 20 000
 * calls end within half an hour.
 */
export const quickShares: MixOptions['shares'] = { javascript: 0.6, typescript: 0.25, python: 0.09, bash: 0.06 };

/** The same amount of work for containers and isolates. */
export const evenShares: MixOptions['shares'] = { javascript: 0.45, typescript: 0.15, python: 0.25, bash: 0.15 };

/** The shares restricted to these languages. */
export function restrictShares(shares: MixOptions['shares'], languages?: readonly string[]): MixOptions['shares'] {
  if (languages === undefined) return shares;
  const unknown = languages.find((language) => !(language in shares));
  if (unknown !== undefined) throw new Error(`There is no language "${unknown}".`);
  return Object.fromEntries(Object.entries(shares).filter(([language]) => languages.includes(language)));
}

/** One call before it is made. */
export interface PlannedCall extends Caller {
  readonly guest: Guest;
  readonly tenant: string;
  readonly way: 'execute' | 'stream' | 'tool';
  /** Milliseconds after which the caller gives up. */
  readonly cancelAfterMs: number | undefined;
}

const tenants = ['north', 'east', 'south'];
/** Hostile calls have separate tenants, so that they are not neighbours of others. */
const hostileTenants = ['stranger', 'intruder'];

/** Plans the `n`th call of a load. `load` makes the marks of different loads differ: lower-case letters and digits. */
export function planCall(load: string, n: number, mix: MixOptions, random: Random): PlannedCall {
  const shares = Object.entries(mix.shares).map(([language, weight]) => ({ language, weight }));
  const { language } = random.pickWeighted(shares);
  const isHostile = random.next() < mix.hostile;
  // TypeScript has the hostile guests of JavaScript.
  const hostileLanguage = language === 'typescript' ? 'javascript' : language;
  const guest = random.pick(
    isHostile
      ? hostileGuests.filter((hostile) => hostile.language === hostileLanguage)
      : ordinaryGuests.filter((ordinary) => ordinary.language === language),
  );
  const way = random.next() < 0.3 ? 'stream' : 'execute';
  return {
    mark: `mk-${load}-${n}-mk`,
    n,
    guest,
    tenant: random.pick(isHostile ? hostileTenants : tenants),
    way: guest.tool === undefined ? way : 'tool',
    cancelAfterMs: guest.cancelled ? random.between(0, 1_500) : undefined,
  };
}

/** The tools that the load calls by name. */
export const loadTools: readonly Tool[] = (['javascript', 'python'] as const).map((language) =>
  defineTool({
    name: `double-${language}`,
    description: 'Names its caller and doubles its number.',
    input: z.object({ mark: z.string(), n: z.number() }),
    output: z.object({ mark: z.string(), double: z.number() }),
    language,
    code: toolCodes[language],
    limits: { timeoutMs: 10_000 },
  }),
);
