/** The process of one contestant; see protocol.ts. */
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { catalog } from './catalog.ts';
import { LeftOut, type OpenContestant } from './contestant.ts';
import { findImages } from './contestants/images.ts';
import { drive } from './drive.ts';
import type { Ask, Results, Told } from './protocol.ts';
import { workloadOf } from './workloads.ts';

const answers = createWriteStream('', { fd: 3 });
let contestant: OpenContestant | undefined;

// On an interrupt of the whole process group, the parent closes stdin, which ends this process.
process.on('SIGINT', () => undefined);
for await (const line of createInterface({ input: process.stdin })) {
  answers.write(`${JSON.stringify(await answer(JSON.parse(line) as Ask))}\n`);
}
await contestant?.close();
// Peers may leave timers and workers behind; nothing here is worth waiting for.
answers.end(() => process.exit(0));

async function answer(ask: Ask): Promise<Told<unknown>> {
  try {
    return { result: await obey(ask) };
  } catch (error) {
    if (error instanceof LeftOut) return { leftOut: error.message };
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

async function obey(ask: Ask): Promise<Results[keyof Results]> {
  if (ask.do === 'images') return findImages(ask.hotcell);
  if (ask.do === 'prepare') {
    const startMs = performance.now();
    const entry = catalog[ask.contestant];
    if (entry === undefined) throw new Error(`There is no contestant ${ask.contestant}.`);
    contestant = await (await entry.load())(ask.surroundings);
    return performance.now() - startMs;
  }
  if (contestant === undefined) throw new Error('Nothing was prepared.');
  if (ask.do === 'call') return drive(contestant, workloadOf(ask.workload), ask.load);
  if (contestant.memoryMb === undefined) throw new LeftOut('it keeps no waiting cell');
  return contestant.memoryMb();
}
