/**
 * The texts of the modules of `realm/node`, for realms that ask for them. Loaded when the first one does: most programs use
 * none.
 */
import { createAssert } from '../../realm/node/assert.ts';
import { createBuffer } from '../../realm/node/buffer.ts';
import { createBufferMethods } from '../../realm/node/buffer-methods.ts';
import { createCrypto } from '../../realm/node/crypto.ts';
import { createDeepEqual } from '../../realm/node/deep-equal.ts';
import { createErrors } from '../../realm/node/errors.ts';
import { createEvents } from '../../realm/node/events.ts';
import { createFilePlaces } from '../../realm/node/file-places.ts';
import { createFs } from '../../realm/node/fs.ts';
import { createHashes } from '../../realm/node/hashes.ts';
import { createPath } from '../../realm/node/path.ts';
import { createProcess } from '../../realm/node/process.ts';
import { createQuerystring } from '../../realm/node/querystring.ts';
import { createReadline } from '../../realm/node/readline.ts';
import { createSmallModules } from '../../realm/node/small-modules.ts';
import { createStreams } from '../../realm/node/streams.ts';
import { createStringDecoder } from '../../realm/node/string-decoder.ts';
import { createUrl } from '../../realm/node/url.ts';
import { createUtil } from '../../realm/node/util.ts';
import { realmFileName } from './realm-source.ts';

const makers: Readonly<Record<string, unknown>> = {
  assert: createAssert,
  buffer: createBuffer,
  'buffer-methods': createBufferMethods,
  crypto: createCrypto,
  'deep-equal': createDeepEqual,
  errors: createErrors,
  events: createEvents,
  'file-places': createFilePlaces,
  fs: createFs,
  hashes: createHashes,
  path: createPath,
  process: createProcess,
  querystring: createQuerystring,
  readline: createReadline,
  'small-modules': createSmallModules,
  streams: createStreams,
  string_decoder: createStringDecoder,
  url: createUrl,
  util: createUtil,
};

/** Module → the text of a function that makes it of a `Kit`. */
export const nodeSources: ReadonlyMap<string, string> = new Map(
  Object.entries(makers).map(([name, make]) => [
    name,
    `(function () {\n'use strict';\nreturn (${make});\n})()\n//# sourceURL=${realmFileName}`,
  ]),
);
