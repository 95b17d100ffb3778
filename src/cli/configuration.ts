import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import { backendNames, imageChoices } from '../contract/api/request.ts';
import { describeIssues } from '../contract/schema/issues.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
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
    throw invalid(path, textOfThrown(error));
  }
  const parsed = configurationSchema.safeParse(parseJson(path, text));
  if (!parsed.success) throw invalid(path, describeIssues(parsed.error));
  const { timeout, memory, disk, backend, image, tenant, allow, inject } = parsed.data;
  return {
    ...(timeout !== undefined && { timeout: parseDuration(String(timeout)) }),
    ...(memory !== undefined && { memory: parseMemory(String(memory)) }),
    ...(disk !== undefined && { disk: parseMemory(String(disk)) }),
    ...(backend !== undefined && { backend }),
    ...(image !== undefined && { image }),
    ...(tenant !== undefined && { tenant }),
    ...(allow !== undefined && { allow }),
    ...(inject !== undefined && { inject }),
  };
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid(path, textOfThrown(error));
  }
}

function invalid(path: string, reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `Cannot use the configuration file ${path}: ${reason}.`);
}
