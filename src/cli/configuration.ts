import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import { backendNames, imageChoices } from '../contract/api/request.ts';
import { describeIssues } from '../contract/schema/issues.ts';
import type { RunOptions } from './run-request.ts';
import { parseDuration, parseMemory } from './units.ts';

// The names of the options and of the HOTCELL_… variables.
const configurationSchema = z.strictObject({
  timeout: z.union([z.string(), z.number()]).optional(),
  memory: z.union([z.string(), z.number()]).optional(),
  disk: z.union([z.string(), z.number()]).optional(),
  backend: z.enum(backendNames).optional(),
  image: z.enum(imageChoices).optional(),
  tenant: z.string().optional(),
  allow: z.array(z.string()).optional(),
  inject: z.array(z.string()).optional(),
});

/**
 * What `hotcell.json` in this folder (or the file that HOTCELL_CONFIG names) sets; the command line and the environment win.
 * @throws {HotcellError} `INVALID_REQUEST` where the file is not such a file.
 */
export async function readConfiguration(): Promise<RunOptions> {
  const path = process.env.HOTCELL_CONFIG ?? 'hotcell.json';
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (process.env.HOTCELL_CONFIG === undefined) return {};
    throw invalid(path, error instanceof Error ? error.message : 'it cannot be read');
  }
  const parsed = configurationSchema.safeParse(parseJson(path, text));
  if (!parsed.success) throw invalid(path, describeIssues(parsed.error));
  const { timeout, memory, disk, backend, image, tenant, allow, inject } = parsed.data;
  return {
    ...(timeout !== undefined && { timeout: quantity(path, 'timeout', parseDuration, timeout) }),
    ...(memory !== undefined && { memory: quantity(path, 'memory', parseMemory, memory) }),
    ...(disk !== undefined && { disk: quantity(path, 'disk', parseMemory, disk) }),
    ...(backend !== undefined && { backend }),
    ...(image !== undefined && { image }),
    ...(tenant !== undefined && { tenant }),
    ...(allow !== undefined && { allow }),
    ...(inject !== undefined && { inject }),
  };
}

function quantity(path: string, name: string, parse: (text: string) => number, value: string | number): number {
  try {
    return parse(String(value));
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw invalid(path, `${name}: ${error.message.replace(/\.$/u, '')}`);
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid(path, error instanceof Error ? error.message : 'it is not JSON');
  }
}

function invalid(path: string, reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `Cannot use the configuration file ${path}: ${reason}.`);
}
