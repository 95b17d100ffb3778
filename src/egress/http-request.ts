import type { Readable } from 'node:stream';
import { framingHeaders, headerNamePattern } from '../contract/api/network.ts';
import { type NetworkTarget, parseTarget } from '../contract/api/network-target.ts';
import { printable } from '../contract/schema/issues.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import { EgressError } from './egress-error.ts';
import type { Header } from './injections.ts';

/** A guest's request. */
export interface GuestRequest {
  readonly method: string;
  /** Absolute, `http` or `https`, ASCII except for the host, without user and password. */
  readonly url: string;
  /** As the guest wrote them; {@link checkRequest} lists the ones that are refused or left out. */
  readonly headers: readonly Header[];
  /** As long as `content-length` says, if that is given. */
  readonly body?: Readable | Uint8Array | undefined;
}

/** A request whose every part has been checked. */
export interface CheckedRequest {
  readonly method: string;
  readonly isSecure: boolean;
  readonly target: NetworkTarget;
  /** Path and query. */
  readonly path: string;
  /** Without headers for framing and routing. */
  readonly headers: readonly Header[];
  readonly body: Readable | Uint8Array | undefined;
  /** The exact size of the body, if it is known. */
  readonly bodyBytes: number | undefined;
}

/** Without `CONNECT`, which has its own path, and `TRACE`, which would show injected headers. */
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Headers meant for a client's proxy only. */
const dropped: ReadonlySet<string> = new Set(['connection', 'expect', 'keep-alive', 'proxy-connection', 'te']);
const urlMaxLength = 16_384;
const headersMax = 128;
const headersMaxBytes = 65_536;
/** RFC 9110, 5.5, without obsolete line folding. */
const valuePattern = /^[\t\x20-\x7e\x80-\xff]*$/;
/** `connection` may declare other headers hop-by-hop, which would hide them from a proxy. */
const harmlessConnection = /^\s*(?:(?:close|keep-alive|te)\s*(?:,\s*|$))*$/i;

/**
 * Reads a guest's request strictly: refuses anything that two programs on the way might read differently. Leaves out
 * `connection`, `keep-alive`, `proxy-connection`, `te` and `expect`. Refuses repeated names, line ends,
 * `transfer-encoding`, `upgrade`, `trailer`, `proxy-…`, a `host` other than the URL's, and a `content-length` that is
 * not a number of bytes.
 * @throws {EgressError} `refused`.
 */
export function checkRequest(request: GuestRequest): CheckedRequest {
  const { method, body } = request;
  if (!methods.has(method)) throw refuse(`the method ${printable(method)} is not one of ${[...methods].join(', ')}`);
  const { isSecure, target, path } = parseUrl(request.url);
  checkHeaders(request.headers);
  const fields = new Map(request.headers.map(([name, value]) => [name.toLowerCase(), value]));
  const host = fields.get('host');
  if (host !== undefined && !isSameTarget(host, target, isSecure)) {
    throw refuse('the header host names another host than the URL');
  }
  if (!harmlessConnection.test(fields.get('connection') ?? ''))
    throw refuse('the header connection names other headers');
  const bodyBytes = bodySize(fields.get('content-length'), body);
  const headers = request.headers.filter(([name]) => !framingHeaders.has(name.toLowerCase()));
  return {
    method,
    isSecure,
    target,
    path,
    headers,
    body,
    bodyBytes,
  };
}

function parseUrl(url: string): Pick<CheckedRequest, 'isSecure' | 'target' | 'path'> {
  if (url.length > urlMaxLength) throw refuse(`the URL is longer than ${urlMaxLength} characters`);
  const [, scheme, authority = '', path = ''] =
    /^(https?):\/\/([^/?#\\]*)([/?][\x21-\x7e]*)?(?:#.*)?$/is.exec(url) ?? [];
  if (scheme === undefined || path.includes('\\')) throw refuse('the URL is not an absolute http or https URL');
  if (authority.includes('@')) throw refuse('the URL has a user or password');
  const isSecure = scheme.toLowerCase() === 'https';
  const [withoutFragment = ''] = path.split('#');
  return {
    isSecure,
    target: readTarget(authority, isSecure),
    path: withoutFragment.startsWith('/') ? withoutFragment : `/${withoutFragment}`,
  };
}

function readTarget(authority: string, isSecure: boolean): NetworkTarget {
  try {
    return parseTarget(authority, isSecure ? 443 : 80);
  } catch (error) {
    throw refuse(`the URL's host ${textOfThrown(error)}`);
  }
}

function isSameTarget(host: string, target: NetworkTarget, isSecure: boolean): boolean {
  try {
    const named = parseTarget(host, isSecure ? 443 : 80);
    return named.host === target.host && named.port === target.port;
  } catch {
    return false;
  }
}

function checkHeaders(headers: readonly Header[]): void {
  if (headers.length > headersMax) throw refuse(`it has more than ${headersMax} headers`);
  const seen = new Set<string>();
  let bytes = 0;
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    bytes += name.length + value.length + 4;
    if (!headerNamePattern.test(name)) throw refuse('a header has a malformed name');
    if (!valuePattern.test(value)) throw refuse(`the header ${lower} has characters that headers must not have`);
    if (seen.has(lower)) throw refuse(`the header ${lower} is given twice`);
    seen.add(lower);
    const isPassed = !framingHeaders.has(lower) || dropped.has(lower);
    if (!isPassed && lower !== 'host' && lower !== 'content-length') {
      throw refuse(`a guest must not send the header ${lower}`);
    }
  }
  if (bytes > headersMaxBytes) throw refuse(`its headers are longer than ${headersMaxBytes} bytes`);
}

function bodySize(contentLength: string | undefined, body: CheckedRequest['body']): number | undefined {
  const known = body instanceof Uint8Array ? body.length : body === undefined ? 0 : undefined;
  if (contentLength === undefined) return known;
  const given = /^(?:0|[1-9]\d{0,14})$/.test(contentLength) ? Number(contentLength) : undefined;
  if (given === undefined || (known !== undefined && known !== given)) {
    throw refuse('the header content-length is not the size of the body');
  }
  return given;
}

function refuse(reason: string): EgressError {
  return new EgressError('refused', `The request is refused: ${reason}.`);
}
