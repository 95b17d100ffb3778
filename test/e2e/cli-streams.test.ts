import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const command = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const environment = { ...process.env, NO_COLOR: '1' };
let folder: string;

const asking = {
  python:
    'import sys\nname = input("Name? ")\nage = int(input(f"Hello {name}, your age? "))\nprint(f"{name} is {age}.", input("Sure? "))',
  bash: 'printf "Name? "; read -r name; printf "Hello %s, your age? " "$name"; read -r age; printf "Sure? "; read -r sure; echo "$name is $age. $sure"',
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hotcell-cli-streams-'));
  await writeFile(join(folder, 'ask.py'), asking.python);
  await writeFile(join(folder, 'ask.sh'), asking.bash);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A program with an open stdin, for a dialogue. */
class Dialogue {
  readonly #child: ChildProcess;
  #text = '';
  #heard: (() => void)[] = [];

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      for (const wake of this.#heard.splice(0)) wake();
    });
  }

  /** Waits for the prompt, then answers. */
  async answer(prompt: string, text: string): Promise<void> {
    await this.hear(prompt);
    this.#child.stdin?.write(text);
  }

  async hear(text: string): Promise<void> {
    const deadline = AbortSignal.timeout(120_000);
    while (!this.#text.includes(text)) {
      deadline.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#heard.push(resolve);
      const timer = setTimeout(resolve, 500);
      await promise;
      clearTimeout(timer);
    }
    this.#text = this.#text.slice(this.#text.indexOf(text) + text.length);
  }

  end(): Promise<number | null> {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    this.#child.on('close', resolve);
    return promise;
  }
}

describe('hotcell run, talked to', () => {
  test.each(['ask.py', 'ask.sh'])('%s asks before the line ends, and hears each answer', async (file) => {
    const child = spawn(process.execPath, [command, 'run', file], { cwd: folder, env: environment });
    const dialogue = new Dialogue(child);
    const end = dialogue.end();
    await dialogue.answer('Name? ', 'Ada\n');
    await dialogue.answer('Hello Ada, your age? ', '36\n');
    await dialogue.answer('Sure? ', 'yes\n');
    await dialogue.hear('Ada is 36. yes\n');
    // Its stdin is still open.
    expect(await end).toBe(0);
  });

  test('on a terminal it is the same, and nothing is drawn over what is typed', async () => {
    const line = `${process.execPath} ${command} run ask.py`;
    const child = spawn('script', ['-qec', line, '/dev/null'], { cwd: folder, env: environment });
    const dialogue = new Dialogue(child);
    const end = dialogue.end();
    await dialogue.answer('Name? ', 'Ada\n');
    await dialogue.answer('Hello Ada, your age? ', '36\n');
    await dialogue.answer('Sure? ', 'yes\n');
    await dialogue.hear('Ada is 36. yes');
    expect(await end).toBe(0);
  });

  test('is cancelled in the middle of a question', async () => {
    const child = spawn(process.execPath, [command, 'run', 'ask.py'], { cwd: folder, env: environment });
    const dialogue = new Dialogue(child);
    const end = dialogue.end();
    await dialogue.hear('Name? ');
    child.kill('SIGINT');
    expect(await end).toBe(130);
  });
});

describe('hotcell run --out', () => {
  const run = async (args: readonly string[]): Promise<{ exit: number; stderr: string }> => {
    try {
      const { stderr } = await promisify(execFile)(process.execPath, [command, 'run', ...args], {
        cwd: folder,
        env: environment,
      });
      return { exit: 0, stderr };
    } catch (error) {
      const { code, stderr } = error as { code: number; stderr: string };
      return { exit: code, stderr };
    }
  };

  test('takes 200 MB in a process that does not hold them', async () => {
    const code = 'head -c 100000000 /dev/zero > output/a; head -c 100000000 /dev/zero > output/b';
    const args = ['-l', 'bash', '-c', code, '--no-stdin', '--disk', '250m', '--memory', '512m', '--out', 'large'];
    const line = [process.execPath, '--max-old-space-size=64', command, 'run', ...args];
    const child = spawn(line[0] as string, line.slice(1), { cwd: folder, env: environment });
    let peakKb = 0;
    const timer = setInterval(() => {
      const status = existsSync(`/proc/${child.pid}/status`) ? readFileSync(`/proc/${child.pid}/status`, 'utf8') : '';
      peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    }, 20);
    const { promise, resolve } = Promise.withResolvers<number | null>();
    child.on('close', resolve);
    expect(await promise).toBe(0);
    clearInterval(timer);
    expect(await stat(join(folder, 'large/output/b'))).toMatchObject({ size: 100_000_000 });
    expect(peakKb).toBeGreaterThan(50_000);
    expect(peakKb).toBeLessThan(260_000);
  });

  test('replaces nothing, follows no link, and leaves no half of a file', async () => {
    await mkdir(join(folder, 'mixed/output'), { recursive: true });
    await mkdir(join(folder, 'elsewhere'));
    await writeFile(join(folder, 'mixed/output/mine'), 'mine');
    await symlink('../../elsewhere', join(folder, 'mixed/output/linked'));
    await symlink('../../elsewhere/made', join(folder, 'mixed/output/dangling'));
    const code = 'mkdir -p output/linked; for f in mine dangling linked/x fine; do echo new > output/$f; done';
    const { exit, stderr } = await run(['-l', 'bash', '-c', code, '--no-stdin', '--out', 'mixed']);
    expect(exit).toBe(2);
    expect(stderr.match(/Cannot write mixed\/output\/(\S+): /g)).toHaveLength(3);
    expect(stderr).toContain('Give --out an empty folder.');
    expect(await readFile(join(folder, 'mixed/output/mine'), 'utf8')).toBe('mine');
    expect(await readFile(join(folder, 'mixed/output/fine'), 'utf8')).toBe('new\n');
    expect(await readdir(join(folder, 'elsewhere'))).toEqual([]);
  });
});
