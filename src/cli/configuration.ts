import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { HotcellError } from '../contract/api/errors.ts';
import { limitSchemas } from '../contract/api/limits.ts';
import {
  type BackendName,
  backendNames,
  type ImageChoice,
  identifierSchema,
  imageChoices,
} from '../contract/api/request.ts';
import { describeIssues } from '../contract/schema/issues.ts';
import { listSetting, nameSetting, setting, settings } from '../contract/schema/setting-schemas.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import { runtimeSchema } from '../options/engine-options.ts';
import { parseDuration, parseMemory } from './units.ts';

/**
 * Settings that have one name for a flag (`--timeout`), for the environment (`HOTCELL_TIMEOUT`) and for `hotcell.json`
 * (`"timeout"`). The nearer one wins, in this order.
 */
export interface Settings {
  /** Milliseconds. */
  readonly timeout?: number;
  /** MiB. */
  readonly memory?: number;
  /** MiB. */
  readonly disk?: number;
  readonly backend?: BackendName;
  readonly image?: ImageChoice;
  readonly runtime?: string;
  readonly tenant?: string;
  readonly allow?: readonly string[];
  readonly inject?: readonly string[];
}

/** A number with a unit, in the range of the limit that it sets. */
function quantity(
  wanted: string,
  parse: (text: string) => number | undefined,
  limit: z.ZodType<number>,
): z.ZodType<number> {
  const read = (value: unknown): number | undefined => {
    const number = typeof value === 'string' || typeof value === 'number' ? parse(String(value)) : undefined;
    return limit.safeParse(number).success ? number : undefined;
  };
  return setting<string | number>(wanted, (value) => read(value) !== undefined).transform((value) =>
    Number(read(value)),
  );
}

const addresses = listSetting(setting<string>('a text', isText), 0, 256, 'texts');
type Fields = { readonly [Name in keyof Settings]-?: z.ZodType<NonNullable<Settings[Name]>> };
const fields: Fields = {
  timeout: quantity(
    'a duration with its unit, of at most 24 hours, such as 500ms, 5s or 2m',
    parseDuration,
    limitSchemas.timeoutMs,
  ),
  memory: quantity(
    'a size with its unit, of at least 8m, such as 256m, 64MiB or 1g',
    parseMemory,
    limitSchemas.memoryMb,
  ),
  disk: quantity('a size with its unit, of at least 1m, such as 64m, 64MiB or 1g', parseMemory, limitSchemas.diskMb),
  backend: nameSetting(backendNames),
  image: nameSetting(imageChoices),
  runtime: runtimeSchema,
  tenant: identifierSchema,
  allow: addresses,
  inject: addresses,
};
const settingsSchema: z.ZodType<Settings> = settings<Settings>(fields);

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

/** Reads the value of a flag, or of its variable, as the file's is read. */
export function parserOf<Name extends keyof Settings>(name: Name): (value: unknown) => NonNullable<Settings[Name]> {
  return (value) => {
    const parsed = (fields[name] as z.ZodType<NonNullable<Settings[Name]>>).safeParse(value);
    if (parsed.success) return parsed.data;
    throw new InvalidArgumentError(`It ${describeIssues(parsed.error)}.`);
  };
}

/**
 * What `hotcell.json` in this folder (or the file that HOTCELL_CONFIG names) sets.
 * @throws {HotcellError} `INVALID_OPTIONS` if there is such a file and it cannot be used
 */
export async function readConfiguration(): Promise<Settings> {
  const path = process.env.HOTCELL_CONFIG ?? 'hotcell.json';
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (isAbsent && process.env.HOTCELL_CONFIG === undefined) return {};
    throw invalid(path, textOfThrown(error));
  }
  const parsed = settingsSchema.safeParse(parseJson(path, text));
  if (parsed.success) return parsed.data;
  throw invalid(path, describeIssues(parsed.error));
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw invalid(path, `it is not JSON (${textOfThrown(error)})`);
  }
}

function invalid(path: string, reason: string): HotcellError {
  const advice = 'Correct or remove it.';
  return new HotcellError('INVALID_OPTIONS', `Cannot use the configuration file ${path}: ${reason}. ${advice}`);
}
