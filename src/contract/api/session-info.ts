import { z } from 'zod';
import type { ShapeOf } from '../schema/schema-parts.ts';

/** What a result says of its session. */
export interface SessionInfo {
  readonly id: string;
  /** Number of the call, from 1. */
  readonly call: number;
  /** `kept`: the next call finds what this one left. `lost`: the session is over; `error` or the exit says why. */
  readonly state: 'kept' | 'lost';
  /** The times that apply, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
}

/** What a job must know of its session. */
export interface JobSession extends Omit<SessionInfo, 'state'> {
  /** `run` code · `place` files and collect those asked for, without a guest · `list` files, as value. */
  readonly action: 'run' | 'place' | 'list';
}

/** Checks a {@link SessionInfo}. */
export const sessionInfoSchema: z.ZodType<SessionInfo> = z.strictObject({
  id: z.string(),
  call: z.number().int().min(1),
  state: z.enum(['kept', 'lost']),
  idleTimeoutMs: z.number().min(1),
  maxAgeMs: z.number().min(1),
} satisfies ShapeOf<SessionInfo>);
