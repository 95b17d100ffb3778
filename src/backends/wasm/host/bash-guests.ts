import type { IsolatedVm } from '../../isolate/host/guest/guest.ts';
import { bootstrapBash } from '../realm/bash/bash.ts';
import { createCurlCommand } from '../realm/bash/curl.ts';
import { createCurlBody } from '../realm/bash/curl-body.ts';
import { createCurlReader } from '../realm/bash/curl-words.ts';
import { createBashFiles } from '../realm/bash/files.ts';
import { createRequestWhole } from '../realm/bash/request.ts';
import { createShell } from '../realm/bash/shell.ts';
import { createShowCommand } from '../realm/bash/show.ts';
import { streamOutput } from '../realm/bash/streams.ts';
import { createToolCommand } from '../realm/bash/tool-command.ts';
import { ModuleLoader, type ModuleSources } from './module-loader.ts';
import { WasmGuests } from './wasm-guests.ts';
import { wasmRealmSource } from './wasm-realm-source.ts';

/** Heap that just-bash itself takes, in MiB; a script gets the job's memory on top of it. */
const interpreterMb = 24;

/** Makes guests that have just-bash loaded. */
export function createBashGuests(isolatedVm: IsolatedVm, sources: ModuleSources): WasmGuests {
  const loader = new ModuleLoader(sources);
  return new WasmGuests(isolatedVm, {
    source: wasmRealmSource(
      bootstrapBash,
      createBashFiles,
      createCurlBody,
      createCurlCommand,
      createCurlReader,
      createRequestWhole,
      createShell,
      createShowCommand,
      createToolCommand,
      streamOutput,
    ),
    heapMb: (memoryMb) => memoryMb + interpreterMb,
    async prepare(isolate, context, entry) {
      const namespace = await loader.load(isolate, context, 'just-bash');
      await entry.apply(undefined, ['load', namespace.derefInto()]);
    },
  });
}
