/**
 * The texts of the modules of `realm/node`, for realms that ask for them. Loaded at the first request, because most
 * programs use none.
 */

import { createAssert } from '../../realm/node/assert.ts';
import { createBuffer } from '../../realm/node/buffer.ts';
import { createBufferMethods } from '../../realm/node/buffer-methods.ts';
import { createCrypto } from '../../realm/node/crypto.ts';
import { createDeepEqual } from '../../realm/node/deep-equal.ts';
import { createErrors } from '../../realm/node/errors.ts';
import { createEvents } from '../../realm/node/events.ts';
import { createHashes } from '../../realm/node/hashes.ts';
import { createModules } from '../../realm/node/modules.ts';
import { createPath } from '../../realm/node/path.ts';
import { createQuerystring } from '../../realm/node/querystring.ts';
import { createSmallModules } from '../../realm/node/small-modules.ts';
import { createStringDecoder } from '../../realm/node/string-decoder.ts';
import { createFilePlaces } from '../../realm/node/system/file-places.ts';
import { createFs } from '../../realm/node/system/fs.ts';
import { createProcess } from '../../realm/node/system/process.ts';
import { createReadline } from '../../realm/node/system/readline.ts';
import { createStreams } from '../../realm/node/system/streams.ts';
import { createUrl } from '../../realm/node/url.ts';
import { createUtil } from '../../realm/node/util.ts';
import { installClone } from '../../realm/web/clone.ts';
import { installUrl } from '../../realm/web/url.ts';
import { installAbort } from '../../realm/web.ts';
import { realmFileName } from './realm-source.ts';

/** A part of the realm that defines globals, as a module of them. */
const globalsOf = (install: unknown): string => `(kit) => {
const made = { __proto__: null };
const define = (target, name, value) => {
if (target === globalThis) made[name] = value;
else kit.intrinsics.define(target, name, value);
};
(${install})({ ...kit.intrinsics, define }, kit.ask);
return made;
}`;

const makers: Readonly<Record<string, unknown>> = {
  abort: globalsOf(installAbort),
  assert: createAssert,
  buffer: createBuffer,
  clone: globalsOf(installClone),
  'buffer-methods': createBufferMethods,
  crypto: createCrypto,
  'deep-equal': createDeepEqual,
  errors: createErrors,
  events: createEvents,
  'file-places': createFilePlaces,
  fs: createFs,
  hashes: createHashes,
  modules: createModules,
  path: createPath,
  process: createProcess,
  querystring: createQuerystring,
  readline: createReadline,
  'small-modules': createSmallModules,
  streams: createStreams,
  string_decoder: createStringDecoder,
  url: createUrl,
  util: createUtil,
  'web-url': globalsOf(installUrl),
};

/** Module → the text of a function that makes it of a `Kit`. */
export const nodeSources: ReadonlyMap<string, string> = new Map(
  Object.entries(makers).map(([name, make]) => [
    name,
    `(function () {\n'use strict';\nreturn (${make});\n})()\n//# sourceURL=${realmFileName}`,
  ]),
);
