/** Builds the image of Dockerfile.runner if it does not exist yet, and prints its name as the last line. */
import { connectDocker } from '../src/backends/docker/daemon/client.ts';
import { findEngine } from '../src/backends/docker/daemon/find-engine.ts';
import { ensureImage, isolateHostImage } from '../src/backends/docker/images/images.ts';
import { done, step } from './steps.mjs';

const client = connectDocker({ address: (await findEngine()).address });
try {
  let tag = '';
  await step('isolate-host image', async (progress) => {
    const image = await ensureImage(client, isolateHostImage, { onProgress: progress });
    tag = image.tag;
    return done(image.digest);
  });
  console.log(tag);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  client.close();
}
