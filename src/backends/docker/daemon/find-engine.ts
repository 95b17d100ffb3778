import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HotcellError } from '../../../contract/api/errors.ts';
import { textOfThrown } from '../../../contract/schema/thrown.ts';
import { connectDocker } from './client.ts';

/** An address at which a Docker engine may answer. */
export interface EngineAddress {
  /** In the format of `DOCKER_HOST`: `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Origin of the address: `DOCKER_HOST`, `context NAME` or `usual socket`. */
  readonly source: string;
}

/** Inputs of the search. */
export interface EngineSearch {
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  /** Default: the user's home directory. */
  readonly home?: string | undefined;
  /** Number of the user, which is part of the runtime directory's name. Default: that of this process. */
  readonly uid?: number | undefined;
}

/** How long one address may take to answer. An engine on this machine answers within a few milliseconds. */
const probeTimeoutMs = 3_000;

/**
 * Lists where a Docker engine may answer, best first: only `DOCKER_HOST` if it is set; else the current context of the
 * docker command (`DOCKER_CONTEXT`, `~/.docker/config.json`), then the sockets of Docker, rootless Docker, Docker
 * Desktop and Podman. Connects to none of them.
 */
export async function listEngineAddresses(search: EngineSearch = {}): Promise<readonly EngineAddress[]> {
  const { environment = process.env, home = homedir(), uid = process.getuid?.() } = search;
  if (environment.DOCKER_HOST) return [{ address: environment.DOCKER_HOST, source: 'DOCKER_HOST' }];

  const runtime = environment.XDG_RUNTIME_DIR ?? (uid === undefined ? undefined : `/run/user/${uid}`);
  const sockets = [
    '/var/run/docker.sock',
    runtime && join(runtime, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    runtime && join(runtime, 'podman/podman.sock'),
    '/run/podman/podman.sock',
  ];
  const context = await readContext(environment, home);
  const addresses: EngineAddress[] = context ? [context] : [];
  for (const socket of sockets) {
    const address = `unix://${socket}`;
    if (socket && addresses.every((known) => known.address !== address)) {
      addresses.push({ address, source: 'usual socket' });
    }
  }
  return addresses;
}

/**
 * Finds the first engine of {@link listEngineAddresses} that answers; each gets 3 s.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if no engine answers; the message says what was tried and what to do.
 */
export async function findEngine(
  search: EngineSearch & { readonly signal?: AbortSignal } = {},
): Promise<EngineAddress> {
  const failures: string[] = [];
  for (const candidate of await listEngineAddresses(search)) {
    const failure = await probe(candidate, search.signal);
    if (failure === undefined) return candidate;
    search.signal?.throwIfAborted();
    if (!/\bENOENT\b/.test(failure) || candidate.source !== 'usual socket') failures.push(failure);
  }
  throw new HotcellError(
    'BACKEND_UNAVAILABLE',
    `No Docker engine answers. ${failures.join(' ') || 'None of the usual sockets exists.'} ` +
      'Install and start Docker, or set DOCKER_HOST to the address of an engine.',
  );
}

/** The reason why an address does not answer; `undefined` if it does. */
async function probe({ address, source }: EngineAddress, signal: AbortSignal | undefined): Promise<string | undefined> {
  let client: ReturnType<typeof connectDocker> | undefined;
  try {
    client = connectDocker({ address, callTimeoutMs: probeTimeoutMs });
    await client.ping(signal);
    return undefined;
  } catch (error) {
    return `${source}: ${textOfThrown(error)}`;
  } finally {
    client?.close();
  }
}

/**
 * The engine of the docker command's current context; `undefined` for the built-in context, or if it cannot be read.
 */
async function readContext(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<EngineAddress | undefined> {
  const folder = environment.DOCKER_CONFIG ?? join(home, '.docker');
  const name = environment.DOCKER_CONTEXT || (await readString(join(folder, 'config.json'), 'currentContext'));
  if (!name || name === 'default') return undefined;

  // The docker command stores a context under the hash of its name.
  const hash = createHash('sha256').update(name).digest('hex');
  const address = await readString(join(folder, 'contexts/meta', hash, 'meta.json'), 'Endpoints', 'docker', 'Host');
  return address ? { address, source: `context ${name}` } : undefined;
}

/** Reads one string from a JSON file; `undefined` if the file or the string does not exist. */
async function readString(file: string, ...keys: readonly string[]): Promise<string | undefined> {
  try {
    let value: unknown = JSON.parse(await readFile(file, 'utf8'));
    for (const key of keys) value = (value as Record<string, unknown> | null)?.[key];
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
