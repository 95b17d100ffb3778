import { readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ExecutionRequest, type ExecutionStatus, type Language, statuses } from 'hotcell';

/**
 * What runs a guest: V8 itself, an interpreter inside it, the OCI runtime of its container, or a container that jobs of
 * its tenant share.
 */
export type AttackRuntime = 'v8' | 'wasm' | 'runc' | 'runsc' | 'tenant';

/** One attack: a program in the attacker's own language, and its header. See README.md. */
export interface AttackProgram {
  /** Folder and file, such as `isolate/stack-hooks.js`. */
  readonly name: string;
  readonly language: Language;
  readonly code: string;
  readonly tries: string;
  readonly holds: string;
  /** Row of `docs/threat-model.md`. */
  readonly threat: string;
  /** Allowed statuses. Never `internal_error`, because nothing that a guest does is a fault of hotcell. */
  readonly ends: readonly ExecutionStatus[];
  /** Text that stdout must contain; else the attack was not tried. */
  readonly proof: RegExp | undefined;
  /** Merged into the request. */
  readonly request: Partial<ExecutionRequest>;
  /** Whether it has the tools of `attack-tools.ts`. */
  readonly callsTools: boolean;
  /** Whether it can reach the servers of `attack-network.ts`. */
  readonly hasNetwork: boolean;
  /** Runtime → the reason why it cannot run this. */
  readonly skips: ReadonlyMap<string, string>;
}

const root = fileURLToPath(new URL('.', import.meta.url));
const folders = ['isolate', 'container', 'files', 'tenant', 'wasm'];
const kinds: Readonly<Record<string, { readonly language: Language; readonly comment: string }>> = {
  '.js': { language: 'javascript', comment: '//' },
  '.py': { language: 'python', comment: '#' },
  '.sh': { language: 'bash', comment: '#' },
};
const keys = ['tries', 'holds', 'threat', 'ends', 'proof', 'request', 'tools', 'network', 'skip'] as const;
const runtimes: readonly string[] = ['v8', 'wasm', 'runc', 'runsc', 'tenant'] satisfies AttackRuntime[];

/** Reads all attack programs. Throws with the file's name if a header breaks the rules of README.md. */
export function readPrograms(): AttackProgram[] {
  return folders.flatMap((folder) =>
    readdirSync(`${root}${folder}`)
      .filter((file) => extname(file) in kinds)
      .sort()
      .map((file) => parseProgram(`${folder}/${file}`, readFileSync(`${root}${folder}/${file}`, 'utf8'))),
  );
}

function parseProgram(name: string, code: string): AttackProgram {
  const kind = kinds[extname(name)];
  if (!kind) throw new Error(`${name} is in no language that attacks are written in.`);
  const header = parseHeader(name, code, kind.comment);
  const one = (key: (typeof keys)[number]): string | undefined => {
    const values = header.get(key) ?? [];
    if (values.length > 1) throw new Error(`${name}: "${key}" is there ${values.length} times.`);
    return values[0];
  };
  const needed = (key: (typeof keys)[number]): string => {
    const value = one(key);
    if (!value) throw new Error(`${name}: "${key}" is missing from the header.`);
    return value;
  };
  const proof = one('proof');
  return {
    name,
    language: kind.language,
    code,
    tries: needed('tries'),
    holds: needed('holds'),
    threat: needed('threat'),
    ends: needed('ends')
      .split(' ')
      .map((status) => knownStatus(name, status)),
    proof: proof === undefined ? undefined : new RegExp(proof, 'm'),
    request: JSON.parse(one('request') ?? '{}') as Partial<ExecutionRequest>,
    callsTools: one('tools') !== undefined,
    hasNetwork: one('network') !== undefined,
    skips: new Map((header.get('skip') ?? []).map((skip) => parseSkip(name, skip))),
  };
}

/**
 * The comment lines at the top, after a `#!` line if there is one, until the first line that is empty or not a comment.
 */
function parseHeader(name: string, code: string, comment: string): Map<string, string[]> {
  const lines = code.split('\n');
  if (lines[0]?.startsWith('#!')) lines.shift();
  const header = new Map<string, string[]>();
  for (const line of lines) {
    if (!line.startsWith(comment) || line.trim() === comment) break;
    const [, key = '', value = ''] = /^\s*([a-z]+): (.*\S)\s*$/.exec(line.slice(comment.length)) ?? [];
    if (!(keys as readonly string[]).includes(key)) throw new Error(`${name}: "${line}" is no line of a header.`);
    header.set(key, [...(header.get(key) ?? []), value]);
  }
  return header;
}

function knownStatus(name: string, status: string): ExecutionStatus {
  const known = statuses.find((each) => each === status && each !== 'internal_error');
  if (!known) throw new Error(`${name}: no attack may end as "${status}".`);
  return known;
}

function parseSkip(name: string, skip: string): [runtime: string, reason: string] {
  const [, runtime = '', reason = ''] = /^(\S+) (.+)$/.exec(skip) ?? [];
  if (!runtimes.includes(runtime)) throw new Error(`${name}: "skip: ${skip}" does not name a runtime and a reason.`);
  return [runtime, reason];
}
