import { EgressError } from './egress-error.ts';
import type { GuestResponse } from './exchange.ts';
import type { GuestRequest } from './http-request.ts';

const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Headers meant for the first server only. */
const credentials: ReadonlySet<string> = new Set(['authorization', 'cookie']);

/**
 * The request that a response redirects to; `undefined` if it is not a redirect, or needs a body that can no longer be
 * sent. Injected headers are not part of a request, so they are not passed on.
 * @throws {EgressError} `refused`, if the location is not a URL or contains an injected secret, even a redacted one.
 */
export function nextRequest(request: GuestRequest, response: GuestResponse): GuestRequest | undefined {
  const location = response.headers.find(([name]) => name.toLowerCase() === 'location')?.[1];
  if (!redirects.has(response.status) || location === undefined) return undefined;
  if (response.locationHadSecret) throw refuse('it contains an injected secret');
  const keepsBody = response.status === 307 || response.status === 308;
  const { method, body, headers } = request;
  if (keepsBody && body !== undefined && !(body instanceof Uint8Array)) return undefined;
  if (!URL.canParse(location, request.url)) throw refuse('it is not a URL');

  const from = new URL(request.url);
  const to = new URL(location, request.url);
  const becomesGet = !keepsBody && method !== 'GET' && method !== 'HEAD';
  const isKept = (name: string): boolean =>
    name !== 'host' &&
    !(credentials.has(name) && from.origin !== to.origin) &&
    !(becomesGet && (name.startsWith('content-') || name === 'transfer-encoding'));
  return {
    method: becomesGet ? 'GET' : method,
    url: to.href,
    headers: headers.filter(([name]) => isKept(name.toLowerCase())),
    body: becomesGet ? undefined : body,
  };
}

function refuse(reason: string): EgressError {
  return new EgressError('refused', `The redirect is refused: ${reason}.`);
}
