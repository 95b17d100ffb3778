import { installFetch } from '../realm/fetch.ts';
import { installFetchClasses } from '../realm/fetch-classes.ts';
import { realmFileName } from './realm-source.ts';

/**
 * What gives a realm its network, as the realm evaluates it: `OpenNetwork` of `realm/bootstrap`. It is not part of the
 * realm's own script, so that jobs without a network do not pay for it.
 */
export const networkSource: string = `(function () {
'use strict';
const installFetchClasses = ${installFetchClasses};
const installFetch = ${installFetch};
return (intrinsics, bytes, say, atOnce) => installFetch(intrinsics, bytes, installFetchClasses(intrinsics), say, atOnce);
})()
//# sourceURL=${realmFileName}`;
