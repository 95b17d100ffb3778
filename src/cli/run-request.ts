import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { HotcellError } from '../contract/api/errors.ts';
import type { HeaderInjection } from '../contract/api/network.ts';
import { type ExecutionRequest, type Language, languages } from '../contract/api/request.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import type { Settings } from './configuration.ts';
import { readable, readWorkspaceFiles } from './workspace-files.ts';

/** The options of `hotcell run`, as the command line, the environment and the configuration file give them. */
export interface RunOptions extends Settings {
  readonly code?: string;
  readonly language?: Language;
  readonly mode?: 'script' | 'handler';
  readonly inputs?: string;
  readonly file?: readonly string[];
  readonly collect?: readonly string[];
  readonly out?: string;
  readonly env?: readonly string[];
  readonly secret?: readonly string[];
  readonly stdin?: boolean;
  readonly json?: boolean;
}

const endings: Readonly<Record<string, Language>> = {
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.ts': 'typescript',
  '.mts': 'typescript',
  '.py': 'python',
  '.sh': 'bash',
  '.bash': 'bash',
};

/**
 * Turns a command line into a request.
 * @throws {HotcellError} `INVALID_REQUEST` if something is missing or cannot be read.
 */
export async function readRunRequest(path: string | undefined, options: RunOptions): Promise<ExecutionRequest> {
  const language = options.language ?? endings[extname(path ?? '').toLowerCase()];
  if (!language) {
    throw usage(
      `the language is unknown. Give -l ${languages.join('|')}, or a file that ends in ${Object.keys(endings).join(', ')}`,
    );
  }
  return {
    language,
    code: await readCode(path, options.code),
    mode: options.mode,
    inputs: await readInputs(options.inputs),
    stdin: wantsStdin(language, path, options) ? process.stdin : undefined,
    files: Object.fromEntries((await Promise.all((options.file ?? []).map(readWorkspaceFiles))).flat()),
    collect: options.collect,
    env: Object.fromEntries((options.env ?? []).map(readPair)),
    secrets: Object.fromEntries((options.secret ?? []).map(readSecret)),
    network: readNetwork(options),
    limits: { timeoutMs: options.timeout, memoryMb: options.memory, diskMb: options.disk, fileMb: options.disk },
    backend: options.backend,
    image: options.image,
    tenant: options.tenant,
  };
}

async function readCode(path: string | undefined, code: string | undefined): Promise<string> {
  if (code !== undefined && path !== undefined) throw usage('give either a FILE or -c CODE, not both');
  if (code !== undefined) return code;
  if (path !== undefined && path !== '-') return (await readGiven(path)).toString();
  if (process.stdin.isTTY && path === undefined)
    throw usage('there is no code. Give a FILE, -c CODE, or code on stdin');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function readInputs(inputs: string | undefined): Promise<unknown> {
  if (inputs === undefined) return undefined;
  const text = inputs.startsWith('@') ? (await readGiven(inputs.slice(1))).toString() : inputs;
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw usage(`--inputs is not JSON (${textOfThrown(error)})`);
  }
}

function readPair(argument: string): [string, string] {
  const split = argument.indexOf('=');
  if (split <= 0) throw usage(`--env ${argument} must be NAME=VALUE`);
  return [argument.slice(0, split), argument.slice(split + 1)];
}

/** The value comes from the environment, so that it does not appear in process lists or shell histories. */
function readSecret(name: string): [string, string] {
  const value = process.env[name];
  if (value === undefined) throw usage(`--secret ${name} needs the environment variable ${name}, which is not set`);
  return [name, value];
}

function readNetwork({ allow = [], inject = [] }: RunOptions): ExecutionRequest['network'] {
  return allow.length === 0 && inject.length === 0 ? 'none' : { allow, inject: inject.map(readInjection) };
}

/** `HOST[:PORT]:HEADER=NAME`; the value comes from the environment, like that of a secret. */
function readInjection(argument: string): HeaderInjection {
  const [, host = '', header = '', name = ''] = /^(.+):([^:=]+)=(.+)$/.exec(argument) ?? [];
  if (name === '') throw usage(`--inject ${argument} must be HOST:HEADER=NAME`);
  const secret = process.env[name];
  if (secret === undefined)
    throw usage(`--inject ${argument} needs the environment variable ${name}, which is not set`);
  return { host, header, secret };
}

function readGiven(path: string): Promise<Buffer> {
  return readable(path, () => readFile(path));
}

/**
 * A container's guest reads stdin as it arrives, from a pipe or a terminal. A JavaScript guest gets all of stdin before
 * it starts, so it needs an explicit option: a pipe that never ends would block it forever.
 */
function wantsStdin(language: Language, path: string | undefined, { stdin, code }: RunOptions): boolean {
  if (path === '-' || (path === undefined && code === undefined)) return false;
  return stdin ?? (language === 'python' || language === 'bash');
}

function usage(reason: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `Cannot run the code because ${reason}.`);
}
