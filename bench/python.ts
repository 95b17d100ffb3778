import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { createEngine } from '../dist/index.js';
import type { Contestant } from './measure.ts';

const run = promisify(execFile);

/** Raw Docker, by its API and by its command, and a whole cold call through hotcell, all with the same image. */
export async function pythonContestants(): Promise<AsyncDisposable & { contestants: Contestant[] }> {
  const engine = createEngine({ isolate: false });
  const docker = new Docker();
  const first = await engine.execute({ language: 'python', code: '1 + 1' });
  const image = first.sandbox?.image;
  if (image === undefined) throw new Error(`no Python here: ${first.error?.message}`);
  const settle = async (): Promise<void> => {
    const filters = { label: ['hotcell.owner'] };
    while ((await docker.listContainers({ all: true, filters })).length > 0) await sleep(10);
    await sleep(50);
  };
  const contestants: Contestant[] = [
    {
      name: 'raw API: create + start + remove',
      leavesOut: 'running anything to its end, output, limits, result',
      async call() {
        const container = await docker.createContainer({
          Image: image,
          Entrypoint: ['python3', '-c', 'print(1 + 1)'],
          HostConfig: { NetworkMode: 'none' },
        });
        await container.start();
        await container.remove({ force: true });
      },
      settle,
    },
    {
      name: 'docker run --rm, the command',
      leavesOut: 'limits, structured result',
      async call() {
        const args = ['run', '--rm', '--network=none', '--entrypoint=python3', image, '-c', 'print(1 + 1)'];
        const { stdout } = await run('docker', args);
        if (stdout !== '2\n') throw new Error('wrong output');
      },
      settle,
    },
    {
      name: 'hotcell, engine.execute, nothing warm',
      leavesOut: 'the removal of the container, which follows the result',
      async call() {
        const { value } = await engine.execute({ language: 'python', code: '1 + 1' });
        if (value !== 2) throw new Error('wrong value');
      },
      settle,
    },
  ];
  return { contestants, [Symbol.asyncDispose]: () => engine.close() };
}
