import { HotcellError } from '../../contract/api/errors.ts';
import type { BackendName, Language } from '../../contract/api/request.ts';
import type { Backend } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';

/** Which backend serves which language, if the engine's options say so. */
export interface Routing {
  /** Replaces the first backend that takes a language. */
  readonly routes: Readonly<Partial<Record<Language, BackendName | undefined>>>;
  /** Used if a backend is not available, unless the request names its backend. */
  readonly fallback: BackendName | undefined;
}

type Routed = Pick<Job, 'language' | 'backend'>;

/**
 * Checks the engine's routing options.
 * @throws {HotcellError} `INVALID_OPTIONS` if they name a backend that the engine does not have or that does not take
 * the language.
 */
export function checkRouting({ routes, fallback }: Routing, backends: readonly Backend[]): void {
  for (const [language, name] of Object.entries(routes)) {
    if (name === undefined) continue;
    const backend = backends.find((candidate) => candidate.name === name);
    if (!backend?.languages.includes(language as Language)) {
      const able = backends.filter(({ languages }) => languages.includes(language as Language));
      const advice = able.length === 0 ? 'no backend does' : `give ${able.map((each) => each.name).join(' or ')}`;
      throw badRoute(
        `routes.${language} is "${name}", which is not a backend of this engine that runs ${language}; ${advice}`,
      );
    }
  }
  if (fallback !== undefined && backends.every(({ name }) => name !== fallback)) {
    throw badRoute(`fallback is "${fallback}", which is not a backend of this engine; leave out "${fallback}: false"`);
  }
}

/**
 * The backend for a job: the one that the request names, else the one of the engine's routes, else the first that takes
 * its language.
 * @throws {HotcellError} `INVALID_REQUEST` if the named backend does not take the language, `BACKEND_UNAVAILABLE` if no
 * backend of this engine does.
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

/** The same, or the fallback if that backend is not available and the request does not name a backend. */
export async function routeAround(
  job: Routed,
  backends: readonly Backend[],
  { routes, fallback }: Routing,
  signal: AbortSignal,
): Promise<Backend> {
  const backend = routeJob(job, backends, routes);
  const other = backends.find(({ name }) => name === fallback);
  if (job.backend !== undefined || !other?.languages.includes(job.language)) return backend;
  return (await backend.isAvailable(signal, job.language)) ? backend : other;
}

function badRoute(why: string): HotcellError {
  return new HotcellError('INVALID_OPTIONS', `The engine cannot be created because of its options: ${why}.`);
}
