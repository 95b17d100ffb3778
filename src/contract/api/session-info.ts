import { z } from 'zod';
import type { ShapeOf } from '../schema/schema-parts.ts';

/** The session of a result. */
export interface SessionInfo {
  readonly id: string;
  /** Number of the call, from 1. */
  readonly call: number;
  /**
   * `kept`: the next call continues from this one's state. `lost`: the session has ended; `error` or the exit says why.
   */
  readonly state: 'kept' | 'lost';
  /** The applied time limits, in milliseconds. */
  readonly idleTimeoutMs: number;
  readonly maxAgeMs: number;
}

/** The session data that a job needs. */
export interface JobSession extends Omit<SessionInfo, 'state'> {
  /** `run` code · `place` files and collect the requested ones, without a guest · `list` files as the value. */
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
