import { HotcellError } from '../../../contract/api/errors.ts';

/** Where to connect, in the client library's format. */
export type EngineEndpoint =
  | { readonly socketPath: string; readonly host: undefined; readonly protocol: 'http' }
  | { readonly host: string; readonly port: number; readonly protocol: 'http' | 'https' };

const tlsPort = 2376;
const plainPort = 2375;

/**
 * Parses an address in the format of `DOCKER_HOST`: `unix:///path`, `npipe:////./pipe/name`, `tcp://host:port`,
 * `http://…`, `https://…`. `tcp` means TLS on port 2376, and on any port if `DOCKER_TLS_VERIFY` is set; certificates
 * come from `DOCKER_CERT_PATH`.
 * @throws {HotcellError} `BACKEND_UNAVAILABLE` for any other form.
 */
export function parseAddress(address: string): EngineEndpoint {
  const socketPath = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (socketPath !== undefined) return { socketPath, host: undefined, protocol: 'http' };

  const url = URL.canParse(address) ? new URL(address) : undefined;
  // `URL` returns an empty port if the address names the default port of its scheme.
  const given = url && url.port !== '' ? Number(url.port) : undefined;
  switch (url?.hostname === '' ? undefined : url?.protocol) {
    case 'http:':
      return { host: hostOf(url), port: given ?? 80, protocol: 'http' };
    case 'https:':
      return { host: hostOf(url), port: given ?? 443, protocol: 'https' };
    case 'tcp:': {
      const tls = given === tlsPort || Boolean(process.env.DOCKER_TLS_VERIFY);
      return { host: hostOf(url), port: given ?? (tls ? tlsPort : plainPort), protocol: tls ? 'https' : 'http' };
    }
    default:
      throw new HotcellError(
        'BACKEND_UNAVAILABLE',
        `Cannot use "${address}" as the address of a Docker engine: it must start with unix://, npipe://, tcp://, http:// or https://. ` +
          'Correct DOCKER_HOST or the docker.address option; for an engine behind SSH, forward its socket first.',
      );
  }
}

function hostOf(url: URL | undefined): string {
  return url?.hostname ?? '';
}
