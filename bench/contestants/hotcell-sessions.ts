/** Calls of one session: the cost of a call whose guest already exists. */
import { LeftOut, type OpenContestant, type Surroundings } from '../contestant.ts';
import { answerOf, importHotcell, optionsFor, requestOf } from './hotcell.ts';

/** One session for all calls. */
export async function openSession({ family, hotcell }: Surroundings): Promise<OpenContestant> {
  const { createEngine } = await importHotcell(hotcell);
  const engine = createEngine(optionsFor(family));
  const language = family === 'redaction' ? 'javascript' : family;
  try {
    if (typeof engine.openSession !== 'function') throw new LeftOut('this build has no sessions');
    const session = await engine.openSession({ language });
    return {
      async run(workload) {
        const { code, inputs } = requestOf(workload, family);
        return answerOf(workload, await session.execute({ code, inputs }));
      },
      close: () => engine.close(),
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
