/** Shared code of contestants that start a program: the program, its files, its answer. */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Answer, Family } from '../contestant.ts';
import type { Workload } from '../workloads.ts';

/** Longest time of a call in this benchmark. */
export const callTimeoutMs = 60_000;

/** Debian's own Python: the first one on the path may be a wrapper that takes longer than the work. */
export const hostPython = '/usr/bin/python3';

/** Arguments of an interpreter that runs the workload as a complete program: inputs on stdin, the answer on stdout. */
export function programOf(
  workload: Workload,
  family: Family,
): readonly [command: string, option: string, code: string] {
  if (family === 'bash') return ['bash', '-c', workload.bash ?? ''];
  const answer = workload.expected.outputBytes === undefined ? 'print(json.dumps(answer))' : '';
  const code = `import sys, json\n${workload.python}\nanswer = job(json.load(sys.stdin))\n${answer}`;
  return ['python3', '-c', code];
}

/** The program's stdin. */
export function stdinOf(workload: Workload): string {
  return JSON.stringify(workload.inputs);
}

/** Reads the answer from the program's output. */
export function answerOf(workload: Workload, stdout: Buffer, files?: number): Answer {
  if (workload.expected.outputBytes !== undefined) return { outputBytes: stdout.length, files };
  return { value: JSON.parse(stdout.toString('utf8')), files };
}

/** Runs a program until it ends and returns its stdout; rejects with its stderr if it fails. */
export function runProgram(
  command: string,
  programArguments: readonly string[],
  options: { readonly stdin?: string; readonly cwd?: string | undefined; readonly shell?: boolean } = {},
): Promise<Buffer> {
  const { stdin = '', cwd, shell = false } = options;
  const child = spawn(command, programArguments, { cwd, shell, timeout: callTimeoutMs, killSignal: 'SIGKILL' });
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-1_000);
  });
  // A program that does not read its input closes it; its exit code shows whether that is an error.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(stdout));
      else reject(new Error(`${command} ended with ${signal ?? code}: ${stderr.trim()}`));
    });
  });
}

/** Puts the workload's files, if it has any, into a new folder, and counts the files in its `output/` afterwards. */
export async function withFiles(
  workload: Workload,
  parent: string | undefined,
  run: (folder: string | undefined) => Promise<Buffer>,
): Promise<Answer> {
  const names = Object.keys(workload.files);
  if (names.length === 0) return answerOf(workload, await run(undefined));
  const folder = await mkdtemp(join(parent ?? tmpdir(), 'hotcell-bench-'));
  try {
    for (const name of names) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), workload.files[name] ?? '');
    }
    const stdout = await run(folder);
    return answerOf(workload, stdout, (await readdir(join(folder, 'output'))).length);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
