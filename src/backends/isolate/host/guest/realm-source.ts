import { createRequire } from 'node:module';
import { bootstrapRealm } from '../../realm/bootstrap.ts';
import { installBuffers } from '../../realm/buffers.ts';
import { createFormatter, installConsole } from '../../realm/console.ts';
import { installEncoding } from '../../realm/encoding.ts';
import { isFaithful } from '../../realm/faithful.ts';
import { installFetch } from '../../realm/fetch.ts';
import { installFetchClasses } from '../../realm/fetch-classes.ts';
import { createFilePieces } from '../../realm/file-pieces.ts';
import { captureIntrinsics } from '../../realm/intrinsics.ts';
import { installModules } from '../../realm/modules.ts';
import { createRequestQueue } from '../../realm/requests.ts';
import { installShow } from '../../realm/show.ts';
import { installStacks } from '../../realm/stacks.ts';
import { installTimers } from '../../realm/timers.ts';
import { createToolQueue } from '../../realm/tool-queue.ts';
import { installTools } from '../../realm/tools.ts';
import { createReporter } from '../../realm/value.ts';
import { installCrypto } from '../../realm/web.ts';
import { createWriter } from '../../realm/writer.ts';

const parts = [
  captureIntrinsics,
  createFilePieces,
  createFormatter,
  createReporter,
  createToolQueue,
  createWriter,
  installBuffers,
  installConsole,
  installCrypto,
  installEncoding,
  installModules,
  installShow,
  installStacks,
  installTimers,
  installTools,
  isFaithful,
];

/** File name of the realm's own code in stack traces, which omit it. */
export const realmFileName = 'hotcell:realm';

/**
 * The classic script that makes a guest realm: its value is a function that takes the host's functions and returns the
 * realm's entry. The functions of `realm/` are sent as their source text. Parentheses around each make V8 compile it at
 * once, so that it is in the code cache; the formatter is compiled lazily.
 */
export function realmSource(): string {
  const { readFileSync } = process.getBuiltinModule('node:fs');
  const inspect = adaptFormatter(
    readFileSync(createRequire(import.meta.url).resolve('node-inspect-extracted'), 'utf8'),
  );
  return `(function () {
'use strict';
const parts = {
__proto__: null,
${parts.map((part) => `${part.name}: (${part}),`).join('\n')}
loadInspect: function () {
const module = { exports: {} };
const exports = module.exports;
${inspect}
return module.exports;
},
};
const bootstrap = (${bootstrapRealm});
return (ask, write, call, report) => bootstrap(parts, { __proto__: null, ask, write, call, report });
})()`;
}

/**
 * A program cannot see the state of a promise or the entries of an iterator without changing them. The formatter says
 * so, instead of a state that may be wrong.
 */
function adaptFormatter(source: string): string {
  return source
    .replace('"<pending>"', '"<state unknown: await it>"')
    .replace(
      'previewEntries:t=>[[],!1]',
      'previewEntries:t=>[[{[Symbol.for("nodejs.util.inspect.custom")]:()=>"<entries unknown: spread it>"}],!1]',
    );
}

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

/** The same for a realm with an interpreter: `OpenRequests` of `wasm/realm/wasm-realm`. */
export const requestsSource: string = `(function () {
'use strict';
return (${createRequestQueue});
})()
//# sourceURL=${realmFileName}`;
