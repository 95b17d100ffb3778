import type { Backend } from '../contract/backend.ts';
import { HotcellError } from '../contract/errors.ts';
import type { Job } from '../contract/job.ts';

/**
 * The backend for a job: the one it forces, else the first that takes its language.
 * @throws {HotcellError} `INVALID_REQUEST` where the forced backend does not take the language, `BACKEND_UNAVAILABLE`
 * where no backend of this engine does.
 */
export function routeJob(job: Pick<Job, 'language' | 'backend'>, backends: readonly Backend[]): Backend {
  if (job.backend === undefined) {
    const backend = backends.find(({ languages }) => languages.includes(job.language));
    if (backend) return backend;
    throw new HotcellError('BACKEND_UNAVAILABLE', `No backend of this engine runs ${job.language}.`);
  }
  const forced = backends.find(({ name }) => name === job.backend);
  if (!forced) throw new HotcellError('BACKEND_UNAVAILABLE', `This engine has no backend "${job.backend}".`);
  if (forced.languages.includes(job.language)) return forced;
  throw new HotcellError(
    'INVALID_REQUEST',
    `The request is invalid: backend "${forced.name}" does not run ${job.language}, but ${forced.languages.join(' and ')}.`,
  );
}
