import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { ensureImage } from '../../../../../src/backends/docker/images/images.ts';

/** How the runner of a test image starts: `sound` gets ready, `mute` never does, `stillborn` exits. */
export type Birth = 'sound' | 'mute' | 'stillborn';

/**
 * Builds a test image on top of the Python sandbox image, with a name that no other test process uses. Its PID 1 fails
 * on command.
 */
export async function buildFaultImage(client: DockerClient, birth: Birth): Promise<string> {
  const { tag: base } = await ensureImage(client, 'python');
  const context = pack();
  const dockerfile = [
    `FROM ${base}`,
    'COPY fault-runner.py /fault-runner.py',
    'WORKDIR /',
    `ENTRYPOINT ["/usr/bin/python3", "-I", "-S", "/fault-runner.py", "${birth}"]`,
    'CMD []',
  ];
  context.entry({ name: 'Dockerfile' }, dockerfile.join('\n'));
  context.entry({ name: 'fault-runner.py' }, await readFile(new URL('fault-runner.py', import.meta.url)));
  context.finalize();
  const tag = `hotcell-docker-test:${birth}-${process.pid}`;
  await client.buildImage(tag, Readable.from(context), { buildArguments: {}, labels: {} }, () => {});
  return tag;
}
