import { z } from 'zod';
import type { ShapeOf } from '../schema/schema-parts.ts';
import { networkLimitsSchema } from './network.ts';
import type { NetworkLimits } from './network-limits.ts';

/**
 * How a connection ended: refused by a rule, failed by itself, cut at a limit or at the end of the job, or ended by its
 * two sides.
 */
const outcomes = ['ended', 'refused', 'failed', 'cut'] as const;

/** One connection that a guest asked for. */
export interface ConnectionRecord {
  /** As the guest wrote it, at most 253 characters. */
  readonly host: string;
  /** 0 if the guest gave no valid port. */
  readonly port: number;
  /** The resolved address to which the connection was made. */
  readonly address?: string | undefined;
  /** Bytes that the guest received and sent; for https they include those of TLS. */
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly ms: number;
  readonly outcome: (typeof outcomes)[number];
  /** A sentence; absent if the connection ended normally. */
  readonly reason?: string | undefined;
}

/** The connections of one job. */
export interface NetworkUse {
  /** The first 1 000, in the order of their ends. */
  readonly connections: readonly ConnectionRecord[];
  /** Number of further connections. */
  readonly unrecorded: number;
  /** The limits that were applied. */
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
