import { installBuffers } from '../../realm/buffers.ts';
import { installEncoding } from '../../realm/encoding.ts';
import { createForeignRealm } from '../../realm/foreign/foreign.ts';
import { createHostSteps } from '../../realm/foreign/host-steps.ts';
import { createInterrupts } from '../../realm/foreign/interrupts.ts';
import { createRoom } from '../../realm/foreign/room.ts';
import { captureIntrinsics } from '../../realm/intrinsics.ts';
import { installTimers } from '../../realm/timers.ts';
import { createToolQueue } from '../../realm/tool-queue.ts';
import { installUrl } from '../../realm/url.ts';
import { installAbort, installCrypto } from '../../realm/web.ts';
import { createWriter } from '../../realm/writer.ts';

const common: readonly RealmPart[] = [
  captureIntrinsics,
  createForeignRealm,
  createHostSteps,
  createInterrupts,
  createRoom,
  createToolQueue,
  createWriter,
  installAbort,
  installBuffers,
  installCrypto,
  installEncoding,
  installTimers,
  installUrl,
];

/** A function that crosses by its source text. */
type RealmPart = (...given: never[]) => unknown;

/** The classic script that makes a realm for an interpreter; `realm-source` says how functions cross. */
export function foreignSource(bootstrap: RealmPart, ...own: readonly RealmPart[]): string {
  const parts = [...common, ...own];
  return `(function () {
'use strict';
const parts = { __proto__: null, ${parts.map((part) => `${part.name}: (${part})`).join(',\n')} };
const bootstrap = (${bootstrap});
return (cells, weigh, ask, write, call, report) =>
  bootstrap(parts, { __proto__: null, ask, write, call, report }, new Int32Array(cells), weigh);
})()`;
}
