import { z } from 'zod';
import { unknownNames } from '../schema/known-names.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';

function whole(minimum: number, maximum: number, unit: string): z.ZodNumber {
  const wanted = `must be a whole number of ${unit} from ${minimum} to ${maximum}`;
  return z.number(wanted).int(wanted).min(minimum, wanted).max(maximum, wanted);
}

/**
 * What a job may use at most. A request gives any subset; {@link defaultLimits} has the rest. A value above the
 * engine's ceiling is lowered to it. Each result has the limits that were applied.
 */
export interface Limits {
  /** Wall time of the guest's run in milliseconds; the time in the queue and the start of the cell do not count. */
  readonly timeoutMs: number;
  /** Processor time of the guest, all its threads and processes together, in milliseconds. Default: `timeoutMs`. */
  readonly cpuMs: number;
  /** Memory in MiB. In a container: for all processes and all files under /workspace and /tmp together. */
  readonly memoryMb: number;
  /** Processes and threads at one time; containers only. */
  readonly processes: number;
  /** Total size of the files under /workspace and /tmp, in MiB. */
  readonly diskMb: number;
  /** Size of one file, in MiB; a larger artifact is left out. */
  readonly fileMb: number;
  /** Kept output of stdout and of stderr each, in KiB; a guest that writes 8 times as much to one is stopped. */
  readonly outputKb: number;
  /** Size of the value as JSON text, in KiB; also of the input and the answer of each call of a host function. */
  readonly valueKb: number;
  /** Open descriptors of one process; containers only. */
  readonly openFiles: number;
  /** Total calls of host functions; see `ExecutionRequest.tools`. */
  readonly toolCalls: number;
}

// The bounds refuse absurd numbers; what a caller may have is the ceilings' business.
const fields = {
  timeoutMs: whole(1, 86_400_000, 'milliseconds'),
  cpuMs: whole(1, 86_400_000, 'milliseconds'),
  memoryMb: whole(8, 1_048_576, 'MiB'),
  processes: whole(1, 32_768, 'processes'),
  diskMb: whole(1, 1_048_576, 'MiB'),
  fileMb: whole(1, 1_048_576, 'MiB'),
  outputKb: whole(1, 1_048_576, 'KiB'),
  valueKb: whole(1, 1_048_576, 'KiB'),
  openFiles: whole(16, 1_048_576, 'descriptors'),
  toolCalls: whole(0, 1_048_576, 'calls'),
} satisfies ShapeOf<Limits>;
const limitsShape = z.strictObject(fields, { error: unknownNames(Object.keys(fields)) });

/** Checks one limit each. */
export const limitSchemas: { readonly [name in keyof Limits]: z.ZodType<number> } = fields;

/** A complete set of limits, for results and engines. */
export const limitsSchema: z.ZodType<Limits> = limitsShape;

/** Any subset of the limits, for requests; `undefined` counts as not given. */
export const partialLimitsSchema: z.ZodType<PartialLimits, PartialLimits> = limitsShape.partial();

/** See {@link partialLimitsSchema}. */
export type PartialLimits = { readonly [name in keyof Limits]?: Limits[name] | undefined };

/** For limits that a request does not give. `cpuMs` follows `timeoutMs` unless it is given. */
export const defaultLimits: Limits = Object.freeze({
  timeoutMs: 30_000,
  cpuMs: 30_000,
  memoryMb: 256,
  processes: 64,
  diskMb: 64,
  fileMb: 10,
  outputKb: 1_024,
  valueKb: 1_024,
  openFiles: 256,
  toolCalls: 1_000,
});

/** No request exceeds these unless `createEngine({ ceilings })` raises them. */
export const defaultCeilings: Limits = Object.freeze({
  timeoutMs: 300_000,
  cpuMs: 300_000,
  memoryMb: 1_024,
  processes: 256,
  diskMb: 512,
  fileMb: 128,
  outputKb: 16_384,
  valueKb: 16_384,
  openFiles: 1_024,
  toolCalls: 10_000,
});

/**
 * A stream that carries this many times `outputKb` is a flood: the guest is stopped with `OUTPUT_LIMIT`. The total of
 * all inputs of tools has the same bound: above it, further calls are refused.
 */
export const outputFloodFactor = 8;
