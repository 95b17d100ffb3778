import { createHash } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { HotcellError } from '../../../contract/api/errors.ts';
import { runCommand } from '../../../support/run-command.ts';
import type { DockerClient } from '../daemon/client.ts';
import { findProgram, installHostPackages } from '../daemon/host-packages.ts';

/** How a base image is made. */
export interface BaseOptions {
  /** Debian packages that the base must contain, in addition to the essential ones. */
  readonly packages: readonly string[];
  /** Files of these packages that are removed again: shell patterns, from the root. Default: none. */
  readonly leftOut?: readonly string[] | undefined;
  /** Another text makes a new base of the same packages, in their versions at that time. */
  readonly revision?: string | undefined;
  /** Whether missing tools of the host may be installed with apt-get. Default: no. */
  readonly installTools?: boolean | undefined;
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A registry that has not started to send after this time counts as not reachable. */
const pullStartTimeoutMs = 8_000;
/** On the reference machine, downloading and unpacking Debian's packages took 22 s. */
const bootstrapTimeoutMs = 900_000;

const suite = 'trixie';
/** Folders that Debian's slim images leave out too. */
const leftOut = ['doc', 'info', 'lintian', 'locale', 'man'];
/**
 * Everything that decides the content of a bootstrapped base, except its packages. A change makes a base with a new
 * name.
 */
const bootstrapArguments: readonly string[] = [
  '--variant=essential',
  '--format=tar',
  '--hook-dir=/usr/share/mmdebstrap/hooks/maybe-merged-usr',
  ...leftOut.map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
  '--dpkgopt=force-unsafe-io',
];

/** The name of the base that {@link bootstrapBase} makes. */
export function bootstrappedBaseTag(options: Pick<BaseOptions, 'packages' | 'leftOut' | 'revision'>): string {
  const { packages, leftOut = [], revision } = options;
  const parts = [suite, bootstrapArguments, packages, revision, ...leftOut];
  const hash = createHash('sha256').update(JSON.stringify(parts));
  return `hotcell-base:${hash.digest('hex').slice(0, 12)}`;
}

/**
 * Pulls an image from a registry, unless it is there already.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if it cannot be pulled, or if it does not start to arrive within 8 s.
 */
export async function pullBase(client: DockerClient, reference: string, options: BaseOptions): Promise<string> {
  if (await client.imageDigest(reference, options.signal)) return reference;

  const silence = new AbortController();
  const timer = setTimeout(() => {
    const message = `Cannot pull ${reference}: no registry answered within ${pullStartTimeoutMs} ms.`;
    silence.abort(new HotcellError('BACKEND_UNAVAILABLE', message));
  }, pullStartTimeoutMs);
  const onProgress = (line: string): void => {
    clearTimeout(timer);
    options.onProgress?.(line);
  };
  const signal = options.signal ? AbortSignal.any([options.signal, silence.signal]) : silence.signal;
  try {
    await client.pullImage(reference, onProgress, signal);
    return reference;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Makes a base image from Debian's packages, unless it is there already. mmdebstrap unpacks the packages, and the root
 * file system is streamed to the engine without a file in between. Returns the image's name.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` if the host has no mmdebstrap, or cannot reach Debian's packages.
 */
export async function bootstrapBase(client: DockerClient, options: BaseOptions): Promise<string> {
  const { packages, leftOut = [], onProgress, signal } = options;
  const tag = bootstrappedBaseTag(options);
  if (await client.imageDigest(tag, signal)) return tag;
  if (!(await findProgram('mmdebstrap'))) {
    if (!options.installTools) {
      throw new HotcellError(
        'BACKEND_UNAVAILABLE',
        "Cannot make a base image from Debian's packages: mmdebstrap is not installed. " +
          'Run "hotcell setup" as root, or install it by hand: apt-get install mmdebstrap debian-archive-keyring',
      );
    }
    onProgress?.('installing mmdebstrap');
    await installHostPackages(['mmdebstrap', 'debian-archive-keyring'], { onLine: onProgress, signal });
  }

  const include = [`--include=${packages.join(',')}`];
  if (leftOut.length > 0) include.push(`--customize-hook=cd "$1" && rm -rf ${leftOut.join(' ')}`);
  const sources = await debianSources(signal);
  const rootFilesystem = new PassThrough();
  const failed = new AbortController();
  const bootstrapped = runCommand('mmdebstrap', [...bootstrapArguments, ...include, suite, '-', ...sources], {
    onLine: (line) => line.startsWith('I: ') && onProgress?.(line.slice(3)),
    stdout: rootFilesystem,
    signal: signal ? AbortSignal.any([signal, failed.signal]) : failed.signal,
    timeoutMs: bootstrapTimeoutMs,
  }).then(
    () => void rootFilesystem.end(),
    (error: Error) => {
      // An import whose input just ended here would count as complete.
      rootFilesystem.destroy(error);
      throw error;
    },
  );
  try {
    await Promise.all([bootstrapped, client.importImage(tag, rootFilesystem, signal)]);
    return tag;
  } catch (error) {
    failed.abort(error);
    await bootstrapped.catch(() => {});
    throw error;
  }
}

/** The Debian mirrors that the host itself uses, with this suite; if empty, mmdebstrap uses its default. */
async function debianSources(signal: AbortSignal | undefined): Promise<string[]> {
  const lines: string[] = [];
  const list = ['indextargets', '--format', '$(REPO_URI) $(RELEASE) $(COMPONENT) $(LABEL)', 'Created-By: Packages'];
  await runCommand('apt-get', list, { onLine: (line) => lines.push(line), signal, timeoutMs: 30_000 }).catch(() => {
    signal?.throwIfAborted();
    lines.length = 0;
  });
  return sourcesFrom(lines);
}

/**
 * apt sources of this suite on a host's mirrors. `lines` has one `MIRROR RELEASE COMPONENT LABEL` per line. The host
 * may have another release: its `bookworm-security` gives the mirror of this suite's. Returns no sources if the main
 * part would be missing.
 */
export function sourcesFrom(lines: readonly string[]): string[] {
  const found = new Set<string>();
  for (const line of lines) {
    const [, mirror, part = ''] = /^(\S+) [a-z]+(-security|-updates)? main Debian(?:-Security)?$/.exec(line) ?? [];
    if (mirror) found.add(`deb ${mirror} ${suite}${part} main`);
  }
  return [...found].some((source) => source.endsWith(` ${suite} main`)) ? [...found] : [];
}
