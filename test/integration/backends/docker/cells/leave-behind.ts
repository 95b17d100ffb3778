/**
 * A process that uses a backend and does not close it. `exit`: it ends while it holds a cell; `idle`: it disposes the
 * cell and has nothing more to do; `crash`: it is killed.
 */
import { createDockerBackend } from '../../../../../src/backends/docker/backend.ts';
import { testJob } from './leased-cell.ts';

const [way, address, image] = process.argv.slice(2);
const backend = createDockerBackend({ address, images: { python: image } });
const cell = await backend.lease(testJob(), AbortSignal.timeout(20_000));
if (way === 'exit') process.exit(0);
if (way === 'crash') process.kill(process.pid, 'SIGKILL');
await cell[Symbol.asyncDispose]();
