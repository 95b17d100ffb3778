import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { connectDocker } from '../../src/backends/docker/daemon/client.ts';
import { findEngine } from '../../src/backends/docker/daemon/find-engine.ts';
import { ensureImage, isolateHostImage } from '../../src/backends/docker/images/images.ts';
import type { ExecutionResult } from '../../src/contract/api/result.ts';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url).pathname;

/** Runs the image's command with the restrictions for an image that hosts guests. */
async function hotcell(image: string, ...commandArguments: readonly string[]): Promise<string> {
  const { address } = await findEngine();
  const sealed = [
    '--network=none',
    '--read-only',
    '--tmpfs=/tmp',
    '--cap-drop=ALL',
    '--security-opt=no-new-privileges',
  ];
  const { stdout } = await run('docker', ['run', '--rm', ...sealed, image, ...commandArguments], {
    env: { ...process.env, DOCKER_HOST: address },
    timeout: 60_000,
  });
  return stdout;
}

describe('the image of Dockerfile.runner', () => {
  let image: string;
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, ['scripts/isolate-host-image.mjs'], { cwd: root, timeout: 300_000 });
    image = stdout.trim().split('\n').at(-1) ?? '';
    expect(image).toMatch(/^hotcell-runner:[0-9a-f]{12}$/);
  }, 300_000);

  test('is the hotcell command', async () => {
    expect(await hotcell(image, '--version')).toBe(`${packageJson.version}\n`);
  });

  test('runs JavaScript without any right of its own', async () => {
    const output = await hotcell(image, 'run', '-l', 'javascript', '-c', '1+1', '--json');
    const result = JSON.parse(output) as ExecutionResult;
    expect(result).toMatchObject({ status: 'success', value: 2, sandbox: { backend: 'isolate' } });
  });

  test('holds no program but Node', async () => {
    await expect(run('docker', ['run', '--rm', '--network=none', '--entrypoint=/bin/sh', image])).rejects.toThrow(
      /no such file/i,
    );
  });

  test('is built once', async () => {
    const client = connectDocker({ address: (await findEngine()).address });
    const steps: string[] = [];
    const { tag } = await ensureImage(client, isolateHostImage, { onProgress: (line) => steps.push(line) });
    client.close();
    expect([tag, steps]).toEqual([image, []]);
  });
});
