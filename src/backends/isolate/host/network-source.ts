import { installFetch } from '../realm/fetch.ts';
import { installFetchClasses } from '../realm/fetch-classes.ts';
import { createRequestQueue } from '../realm/requests.ts';
import { realmFileName } from './realm-source.ts';

/**
 * What gives a realm its network, as the realm evaluates it: `OpenNetwork` of `realm/bootstrap`. It is not part of the
 * realm's own script, so that jobs without a network do not pay for it.
 */
export const networkSource: string = `(function () {
'use strict';
const installFetchClasses = ${installFetchClasses};
const installFetch = ${installFetch};
const createRequestQueue = ${createRequestQueue};
return (intrinsics, bytes, say, atOnce) =>
  installFetch(intrinsics, bytes, installFetchClasses(intrinsics), createRequestQueue(bytes, say, atOnce));
})()
//# sourceURL=${realmFileName}`;

/** The same for a realm that an interpreter runs in: `OpenRequests` of `realm/foreign/foreign`. */
export const requestsSource: string = `(function () {
'use strict';
return (${createRequestQueue});
})()
//# sourceURL=${realmFileName}`;
