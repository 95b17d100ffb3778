/**
 * The second half of the set-up, which uses hotcell's own code: a Docker engine that answers, with the sandbox images.
 */
import { connectDocker } from '../src/backends/docker/daemon/client.ts';
import { findEngine } from '../src/backends/docker/daemon/find-engine.ts';
import {
  canInstallHostPackages,
  findProgram,
  installHostPackages,
} from '../src/backends/docker/daemon/host-packages.ts';
import { ensureImages, pruneImages } from '../src/backends/docker/images/images.ts';
import { startDockerd } from './dockerd.mjs';
import { setUpGvisor } from './gvisor.mjs';
import { done, skipped, step } from './steps.mjs';

/** @type {string | undefined} */
let address;
// An engine that was already running belongs to somebody else: gVisor is added to it only on request.
let wantsGvisor = process.argv.includes('--gvisor');
await step('Docker engine', async (progress) => {
  const reason = await findEngine().then(
    (found) => {
      address = found.address;
    },
    (error) => error.message,
  );
  if (address) return done(`answers at ${address}`);
  if (process.env.DOCKER_HOST) return skipped(`not found. ${reason}`);
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return skipped(`not found. ${reason} ${whatToRun()}`);

  if (!(await findProgram('dockerd'))) {
    if (!(await canInstallHostPackages())) return skipped(`not found. ${reason} ${whatToRun()}`);
    progress('installing docker.io');
    await installHostPackages(['docker.io'], { onLine: progress });
    wantsGvisor = true;
  }
  address = await startDockerd(progress);
  return done(`started at ${address}; it keeps running, and its log is /var/log/hotcell-dockerd.log`);
}).catch((error) => console.error(`${error.message} ${whatToRun()}`));

if (address) {
  const engine = address;
  if (wantsGvisor) {
    await step('gVisor', (progress) => setUpGvisor(engine, progress)).catch((error) => console.error(error.message));
  }
  const client = connectDocker({ address: engine });
  await step('sandbox images', async (progress) => {
    const images = await ensureImages(client, { onProgress: progress, installTools: true });
    return done(images.map((image) => image.tag).join(', '));
  }).catch((error) => {
    console.error(error.message);
    address = undefined;
  });
  if (process.argv.includes('--prune')) {
    await step('old images', async () => done(`removed ${(await pruneImages(client)).join(', ') || 'none'}`));
  }
  client.close();
}
if (!address) {
  console.log(
    'Continuing without Docker: JavaScript and TypeScript work. Python and Bash calls are "unavailable" unless they set ' +
      "backend: 'wasm' (hotcell run --backend wasm) or the engine sets fallback: 'wasm'.",
  );
}

function whatToRun() {
  if (process.platform !== 'linux')
    return 'Install and start Docker Desktop or Podman, then run "npm run setup" again.';
  return 'As root, run: apt-get install docker.io && dockerd (or install Docker as your distribution recommends), then "npm run setup" again.';
}
