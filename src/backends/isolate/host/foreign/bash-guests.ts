import { bootstrapBash } from '../../realm/foreign/bash.ts';
import { createCurlCommand } from '../../realm/foreign/bash-curl.ts';
import { createCurlBody } from '../../realm/foreign/bash-curl-body.ts';
import { createCurlReader } from '../../realm/foreign/bash-curl-words.ts';
import { createBashFiles } from '../../realm/foreign/bash-files.ts';
import { createRequestWhole } from '../../realm/foreign/bash-request.ts';
import { createShell } from '../../realm/foreign/bash-shell.ts';
import { createShowCommand } from '../../realm/foreign/bash-show.ts';
import { streamOutput } from '../../realm/foreign/bash-streams.ts';
import { createToolCommand } from '../../realm/foreign/bash-tool.ts';
import type { IsolatedVm } from '../guest.ts';
import { ForeignGuests } from './foreign-guest.ts';
import { foreignSource } from './foreign-source.ts';
import { ModuleLoader, type ModuleSources } from './modules.ts';

/** What just-bash itself takes of the heap, in MiB; a script gets the job's memory beside it. */
const interpreterMb = 24;

/** Makes guests that have just-bash loaded. */
export function createBashGuests(isolatedVm: IsolatedVm, sources: ModuleSources): ForeignGuests {
  const loader = new ModuleLoader(sources);
  return new ForeignGuests(isolatedVm, {
    source: foreignSource(
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
