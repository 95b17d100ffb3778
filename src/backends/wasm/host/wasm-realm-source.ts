import { installBuffers } from '../../isolate/realm/buffers.ts';
import { installEncoding } from '../../isolate/realm/encoding.ts';
import { createFilePieces } from '../../isolate/realm/file-pieces.ts';
import { captureIntrinsics } from '../../isolate/realm/intrinsics.ts';
import { installTimers } from '../../isolate/realm/timers.ts';
import { createToolQueue } from '../../isolate/realm/tool-queue.ts';
import { installUrl } from '../../isolate/realm/web/url.ts';
import { installAbort, installCrypto } from '../../isolate/realm/web.ts';
import { createWriter } from '../../isolate/realm/writer.ts';
import { createHostSteps } from '../realm/host-steps.ts';
import { createInterrupts } from '../realm/interrupts.ts';
import { createMemoryBudget } from '../realm/memory-budget.ts';
import { createWasmRealm } from '../realm/wasm-realm.ts';

const common: readonly RealmPart[] = [
  captureIntrinsics,
  createFilePieces,
  createWasmRealm,
  createHostSteps,
  createInterrupts,
  createMemoryBudget,
  createToolQueue,
  createWriter,
  installAbort,
  installBuffers,
  installCrypto,
  installEncoding,
  installTimers,
  installUrl,
];

/** A function that is sent as its source text. */
type RealmPart = (...given: never[]) => unknown;

/** The classic script that makes a realm for an interpreter; `realm-source` explains how functions are sent. */
export function wasmRealmSource(bootstrap: RealmPart, ...own: readonly RealmPart[]): string {
  const parts = [...common, ...own];
  return `(function () {
'use strict';
const parts = { __proto__: null, ${parts.map((part) => `${part.name}: (${part})`).join(',\n')} };
const bootstrap = (${bootstrap});
return (cells, weigh, ask, write, call, report) =>
  bootstrap(parts, { __proto__: null, ask, write, call, report }, new Int32Array(cells), weigh);
})()`;
}
