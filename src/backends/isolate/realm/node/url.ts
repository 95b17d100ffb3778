import type { NodeErrors } from './errors.ts';
import type { Kit } from './kit.ts';

/** Makes `url`: the classes that are global anyway, paths, and the old `parse`, `format` and `resolve`. */
export function createUrl({ load }: Kit): object {
  const { fail, wrongType } = load('errors') as NodeErrors;
  const { URL, URLSearchParams } = globalThis;
  const querystring = load('querystring') as {
    parse(text: string): object;
    stringify(given: unknown): string;
  };
  const fileURLToPath = (given: unknown): string => {
    const { protocol, pathname, hostname } = given instanceof URL ? given : new URL(String(given));
    if (protocol !== 'file:') return fail(TypeError, 'ERR_INVALID_URL_SCHEME', 'The URL must be of scheme file');
    if (hostname !== '') {
      return fail(TypeError, 'ERR_INVALID_FILE_URL_HOST', 'File URL host must be "localhost" or empty on linux');
    }
    if (/%2f/iu.test(pathname)) {
      return fail(TypeError, 'ERR_INVALID_FILE_URL_PATH', 'File URL path must not include encoded / characters');
    }
    return decodeURIComponent(pathname);
  };
  const pathToFileURL = (path: unknown): URL => {
    const { resolve } = load('path') as { resolve(path: unknown): string };
    const whole = resolve(path) + (String(path).endsWith('/') ? '/' : '');
    return new URL(`file://${whole.replace(/[%\\\n\r\t?#]/gu, (found) => encodeURIComponent(found))}`);
  };

  interface Parts {
    protocol: string | null;
    slashes: boolean | null;
    auth: string | null;
    host: string | null;
    port: string | null;
    hostname: string | null;
    hash: string | null;
    search: string | null;
    query: string | object | null;
    pathname: string | null;
    path: string | null;
    href: string;
  }
  class Url {}
  const parse = (given: unknown, parsesQuery = false): Parts => {
    if (typeof given !== 'string') return wrongType('"url"', 'of type string', given);
    const match = /^(?:([a-z][a-z0-9+.-]*:))?(\/\/)?(?:([^@/?#]*)@)?([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/isu;
    const text = given.trim();
    const isSchemeless = !/^[a-z][a-z0-9+.-]*:/iu.test(text);
    const [, protocol, slashes, auth, host, pathname, search, hash] = isSchemeless
      ? ['', undefined, undefined, undefined, '', ...(/^([^?#]*)(\?[^#]*)?(#.*)?$/su.exec(text)?.slice(1) ?? [])]
      : (match.exec(text) ?? []);
    const hasHost =
      Boolean(slashes) || (protocol !== undefined && !/^(?:https?|ftp|file|wss?|gopher|javascript):$/iu.test(protocol));
    const [hostPart, pathPart] = hasHost ? [host ?? '', pathname ?? ''] : ['', `${host ?? ''}${pathname ?? ''}`];
    const port = /:(\d+)$/u.exec(hostPart)?.[1] ?? null;
    const path = pathPart === '' && slashes ? '/' : pathPart === '' ? null : pathPart;
    const query = search === undefined ? null : search.slice(1);
    const parts: Parts = {
      protocol: protocol?.toLowerCase() ?? null,
      slashes: slashes ? true : null,
      auth: auth === undefined ? null : decodeURIComponent(auth),
      host: hasHost ? hostPart.toLowerCase() : null,
      port,
      hostname: hasHost ? (port === null ? hostPart : hostPart.slice(0, -port.length - 1)).toLowerCase() : null,
      hash: hash ?? null,
      search: search ?? (parsesQuery ? '' : null),
      query: parsesQuery ? querystring.parse(query ?? '') : query,
      pathname: path,
      path: path === null && search === undefined ? null : `${path ?? ''}${search ?? ''}`,
      href: '',
    };
    parts.href = format(parts);
    return Object.assign(new Url(), parts);
  };
  const format = (given: unknown): string => {
    if (typeof given === 'string') return parse(given).href;
    if (given instanceof URL) return given.href;
    if (typeof given !== 'object' || given === null)
      return wrongType('"urlObject"', 'one of type object or string', given);
    const { protocol, auth, host, hostname, port, pathname, search, query, hash, slashes } = given as Partial<Parts>;
    const scheme = protocol ? (protocol.endsWith(':') ? protocol : `${protocol}:`) : '';
    const user = auth ? `${encodeURIComponent(auth).replace('%3A', ':')}@` : '';
    const place = host ? user + host : hostname ? `${user}${hostname}${port ? `:${port}` : ''}` : '';
    const hasSlashes = slashes || (/^(?:https?|ftp|file):$/u.test(scheme) && (place !== '' || scheme === 'file:'));
    const asked = search || (typeof query === 'object' && query !== null ? querystring.stringify(query) : '');
    const tail = asked ? (asked.startsWith('?') ? asked : `?${asked}`) : '';
    const mark = hash ? (hash.startsWith('#') ? hash : `#${hash}`) : '';
    const rest = pathname ?? '';
    const path = hasSlashes && rest !== '' && !rest.startsWith('/') ? `/${rest}` : rest;
    return `${scheme}${hasSlashes ? `//${place}` : place}${path.replaceAll('?', '%3F').replaceAll('#', '%23')}${tail}${mark}`;
  };
  const resolve = (from: unknown, to: unknown): string => {
    const base = new URL(String(from), 'resolve://');
    const found = new URL(String(to), base);
    return found.protocol === 'resolve:' ? `${found.pathname}${found.search}${found.hash}` : found.href;
  };
  return {
    URL,
    URLSearchParams,
    Url,
    parse,
    format,
    resolve,
    fileURLToPath,
    pathToFileURL,
    urlToHttpOptions: ({ protocol, hostname, hash, search, pathname, href, port, username, password }: URL) => ({
      protocol,
      hostname,
      hash,
      search,
      pathname,
      path: `${pathname}${search}`,
      href,
      ...(port !== '' && { port: Number(port) }),
      ...((username || password) && { auth: `${decodeURIComponent(username)}:${decodeURIComponent(password)}` }),
    }),
    domainToASCII: (domain: string) => {
      try {
        return new URL(`http://${domain}`).hostname;
      } catch {
        return '';
      }
    },
  };
}
