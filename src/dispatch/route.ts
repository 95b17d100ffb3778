import { HotcellError } from '../contract/api/errors.ts';
import type { BackendName, Language } from '../contract/api/request.ts';
import type { Backend } from '../contract/spi/backend.ts';
import type { Job } from '../contract/spi/job.ts';

/** Which backend serves what, where the engine says so. */
export interface Routing {
  /** In place of the first backend that takes a language. */
  readonly routes: Readonly<Partial<Record<Language, BackendName | undefined>>>;
  /** Takes over for a backend whose outside does not answer, unless the request names its backend. */
  readonly fallback: BackendName | undefined;
}

type Routed = Pick<Job, 'language' | 'backend'>;

/**
 * Checks what an engine was told.
 * @throws {HotcellError} `INVALID_REQUEST` where it names a backend that the engine does not have or that does not take the language.
 */
export function checkRouting({ routes, fallback }: Routing, backends: readonly Backend[]): void {
  for (const [language, name] of Object.entries(routes)) {
    if (name === undefined) continue;
    const backend = backends.find((candidate) => candidate.name === name);
    if (!backend?.languages.includes(language as Language)) {
      throw badRoute(`routes.${language} is "${name}", which is not a backend of this engine that runs ${language}`);
    }
  }
  if (fallback !== undefined && backends.every(({ name }) => name !== fallback)) {
    throw badRoute(`fallback is "${fallback}", which is not a backend of this engine`);
  }
}

/**
 * The backend for a job: the one it forces, else the one of the engine's routes, else the first that takes its language.
 * @throws {HotcellError} `INVALID_REQUEST` where the forced backend does not take the language, `BACKEND_UNAVAILABLE`
 * where no backend of this engine does.
 */
export function routeJob(job: Routed, backends: readonly Backend[], routes: Routing['routes']): Backend {
  const wanted = job.backend ?? routes[job.language];
  if (wanted === undefined) {
    const backend = backends.find(({ languages }) => languages.includes(job.language));
    if (backend) return backend;
    throw new HotcellError('BACKEND_UNAVAILABLE', `No backend of this engine runs ${job.language}.`);
  }
  const forced = backends.find(({ name }) => name === wanted);
  if (!forced) throw new HotcellError('BACKEND_UNAVAILABLE', `This engine has no backend "${wanted}".`);
  if (forced.languages.includes(job.language)) return forced;
  throw new HotcellError(
    'INVALID_REQUEST',
    `The request is invalid: backend "${forced.name}" does not run ${job.language}; it runs ${forced.languages.join(' and ')}.`,
  );
}

/** The same, but for the fallback where the backend's outside does not answer and the request leaves the choice. */
export async function routeAround(
  job: Routed,
  backends: readonly Backend[],
  { routes, fallback }: Routing,
  signal: AbortSignal,
): Promise<Backend> {
  const backend = routeJob(job, backends, routes);
  const other = backends.find(({ name }) => name === fallback);
  if (job.backend !== undefined || !other?.languages.includes(job.language)) return backend;
  return (await backend.answers?.(signal, job.language)) === false ? other : backend;
}

function badRoute(why: string): HotcellError {
  return new HotcellError('INVALID_REQUEST', `The engine cannot be created: ${why}.`);
}
