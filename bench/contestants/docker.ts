/** Containers without hotcell: with the `docker` command, and with the Engine API through dockerode. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Duplex, PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type Docker from 'dockerode';
import { LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import { importPeer } from './import-peer.ts';
import { programOf, runProgram, stdinOf, withFiles } from './programs.ts';

/** `docker run --rm`. */
export async function openDockerRun(surroundings: Surroundings): Promise<OpenContestant> {
  const image = imageFor(surroundings);
  await runProgram('docker', ['version']).catch((error: Error) => {
    throw new LeftOut(`the docker command does not work: ${error.message}`);
  });
  return {
    run: (workload) =>
      withFiles(workload, undefined, (folder) => {
        const [command, ...rest] = programOf(workload, surroundings.family);
        const mount = folder === undefined ? [] : ['--volume', `${folder}:/work`, '--workdir', '/work'];
        const flags = ['--rm', '--interactive', '--network=none', `--entrypoint=${command}`, ...mount];
        return runProgram('docker', ['run', ...flags, image, ...rest], { stdin: stdinOf(workload) });
      }),
    close: async () => undefined,
  };
}

/** Creates, attaches, starts, reads to the end, and removes. */
export async function openDockerApi(surroundings: Surroundings): Promise<OpenContestant> {
  const image = imageFor(surroundings);
  const docker = await connect();
  return {
    run: (workload) =>
      withFiles(workload, undefined, async (folder) => {
        const container = await docker.createContainer({
          ...interactive,
          Image: image,
          Entrypoint: [...programOf(workload, surroundings.family)],
          WorkingDir: folder === undefined ? '/' : '/work',
          HostConfig: { NetworkMode: 'none', Binds: folder === undefined ? [] : [`${folder}:/work`] },
        });
        try {
          const stream = await attach(container);
          await container.start();
          stream.end(stdinOf(workload));
          return await readOutput(docker, stream);
        } finally {
          await container.remove({ force: true });
        }
      }),
    close: async () => undefined,
  };
}

/** Creates, starts and removes: the daemon's cost of a container whose output nobody awaits. */
export async function openDockerCreate(surroundings: Surroundings): Promise<OpenContestant> {
  const image = imageFor(surroundings);
  const docker = await connect();
  return {
    async run(workload) {
      const Entrypoint = [...programOf(workload, surroundings.family)];
      const container = await docker.createContainer({ Image: image, Entrypoint, HostConfig: { NetworkMode: 'none' } });
      try {
        await container.start();
      } finally {
        await container.remove({ force: true });
      }
      return { value: workload.expected.value };
    },
    close: async () => undefined,
  };
}

/**
 * `exec` in one running container, as in llm-sandbox and similar projects. The container reads its input until this
 * process ends for any reason, and then exits.
 */
export async function openDockerExec(surroundings: Surroundings): Promise<OpenContestant> {
  const image = imageFor(surroundings);
  const docker = await connect();
  const shared = await mkdtemp(join(tmpdir(), 'hotcell-bench-'));
  await chmod(shared, 0o755);
  const container = await docker.createContainer({
    ...interactive,
    Image: image,
    Entrypoint: ['cat'],
    HostConfig: { NetworkMode: 'none', Binds: [`${shared}:/shared`], AutoRemove: true },
  });
  const lifeline = await attach(container);
  await container.start();
  return {
    run: (workload) =>
      withFiles(workload, shared, async (folder) => {
        const exec = await container.exec({
          AttachStdin: true,
          AttachStdout: true,
          AttachStderr: true,
          Cmd: [...programOf(workload, surroundings.family)],
          WorkingDir: folder === undefined ? '/' : `/shared/${basename(folder)}`,
        });
        const stream = await exec.start({ hijack: true, stdin: true });
        stream.end(stdinOf(workload));
        return readOutput(docker, stream);
      }),
    async close() {
      lifeline.end();
      await container.wait({ condition: 'removed' }).catch(() => undefined);
      await rm(shared, { recursive: true, force: true });
    },
  };
}

/** A client of the Docker engine at `DOCKER_HOST` or the usual socket. */
export async function connect(): Promise<Docker> {
  const { default: Client } = await importPeer<{ default: typeof Docker }>('dockerode');
  const docker = new Client();
  await docker.ping().catch((error: Error) => {
    throw new LeftOut(`no Docker engine answers: ${error.message}`);
  });
  return docker;
}

/** @throws {LeftOut} if hotcell found no image either */
export function imageFor({ family, images }: Surroundings): string {
  const image = images[family];
  if (image === undefined) throw new LeftOut('there is no image to run: hotcell itself found no Docker engine');
  return image;
}

/** Settings of a container whose stdin this process closes. */
export const interactive = {
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  OpenStdin: true,
  StdinOnce: true,
};

/** All three streams of a container that has not started yet. */
export async function attach(container: Docker.Container): Promise<Duplex> {
  const request = { _query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 }, _body: {}, hijack: true };
  return (await container.attach(request as Docker.ContainerAttachOptions)) as Duplex;
}

async function readOutput(docker: Docker, stream: Duplex): Promise<Buffer> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  docker.modem.demuxStream(stream, stdout, stderr);
  stream.once('close', () => stdout.end());
  stream.once('end', () => stdout.end());
  const errors: Buffer[] = [];
  stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const output = await buffer(stdout);
  if (output.length === 0) throw new Error(`no output: ${Buffer.concat(errors).toString().slice(-500)}`);
  return output;
}
