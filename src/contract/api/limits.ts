import { z } from 'zod';
import { unknownNames } from '../schema/known-names.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';

function whole(minimum: number, maximum: number, unit: string): z.ZodNumber {
  const wanted = `must be a whole number of ${unit} from ${minimum} to ${maximum}`;
  return z.number(wanted).int(wanted).min(minimum, wanted).max(maximum, wanted);
}

/**
 * What a job may use at most. A request gives any subset; the rest is {@link defaultLimits}, and each is lowered to
 * the engine's ceiling where it lies above. The set that really applied is in every result.
 */
export interface Limits {
  /** Wall time of the guest's run in milliseconds; the time in the queue and the start of the cell do not count. */
  readonly timeoutMs: number;
  /** Processor time of the guest, all its threads and processes together, in milliseconds. Default: `timeoutMs`. */
  readonly cpuMs: number;
  /** Memory in MiB. In a container it holds for all processes and all files under /workspace and /tmp together. */
  readonly memoryMb: number;
  /** Processes and threads at one time; containers only. */
  readonly processes: number;
  /** All files under /workspace and /tmp together, in MiB. */
  readonly diskMb: number;
  /** One file, in MiB; an artifact that is larger is left out. */
  readonly fileMb: number;
  /** What is kept of stdout and of stderr each, in KiB; a guest that writes 8 times as much to one is stopped. */
  readonly outputKb: number;
  /** The value as JSON text, in KiB; also the input and the answer of each call of a host function. */
  readonly valueKb: number;
  /** Open descriptors of one process; containers only. */
  readonly openFiles: number;
  /** Calls of host functions, all together; see `ExecutionRequest.tools`. */
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

/** A complete set of limits, as results and engines carry it. */
export const limitsSchema: z.ZodType<Limits> = limitsShape;

/** Any subset of the limits, as requests carry it; `undefined` counts as not given. */
export const partialLimitsSchema: z.ZodType<PartialLimits, PartialLimits> = limitsShape.partial();

/** See {@link partialLimitsSchema}. */
export type PartialLimits = { readonly [name in keyof Limits]?: Limits[name] | undefined };

/** Applied where a request is silent. `cpuMs` follows `timeoutMs` unless it is given. */
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
 * A stream that carries this many times `outputKb` is a flood: the guest is stopped with `OUTPUT_LIMIT`. Inputs of tools
 * that are as much together are a flood too: no more calls are taken.
 */
export const outputFloodFactor = 8;
