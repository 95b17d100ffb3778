import { z } from 'zod';
import type { ShapeOf } from '../schema/schema-parts.ts';
import { networkLimitsSchema } from './network.ts';
import type { NetworkLimits } from './network-limits.ts';

/** How a connection ended: refused by a rule, failed by itself, cut at a limit or with the job, or ended by its two sides. */
const outcomes = ['ended', 'refused', 'failed', 'cut'] as const;

/** One connection that a guest asked for. */
export interface ConnectionRecord {
  /** As the guest named it, at most 253 characters. */
  readonly host: string;
  /** 0 where the guest named none that exists. */
  readonly port: number;
  /** The address that the name was resolved to and the connection went to. */
  readonly address?: string | undefined;
  /** What the guest received and sent over it; for https with the bytes of TLS. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ms: number;
  readonly outcome: (typeof outcomes)[number];
  /** A sentence; absent where it simply ended. */
  readonly reason?: string | undefined;
}

/** What a job did with its network. */
export interface NetworkUse {
  /** The first ones, in the order of their ends. */
  readonly connections: readonly ConnectionRecord[];
  /** How many more there were. */
  readonly unrecorded: number;
  /** The limits that really applied. */
  readonly limits: NetworkLimits;
}

const count = z.number().int().min(0);

/** Checks a {@link NetworkUse}. */
export const networkUseSchema: z.ZodType<NetworkUse> = z.strictObject({
  connections: z.array(
    z.strictObject({
      host: z.string(),
      port: count,
      address: z.string().optional(),
      bytesIn: count,
      bytesOut: count,
      ms: z.number().min(0),
      outcome: z.enum(outcomes),
      reason: z.string().optional(),
    } satisfies ShapeOf<ConnectionRecord>),
  ),
  unrecorded: count,
  limits: networkLimitsSchema,
} satisfies ShapeOf<NetworkUse>);
