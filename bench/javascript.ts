import ivm from 'isolated-vm';
import { createEngine } from '../dist/index.js';
import type { Contestant } from './measure.ts';

const code = '1 + 1';

/** Raw isolated-vm in this process, the physical limit, and a whole call through hotcell. */
export async function javascriptContestants(): Promise<AsyncDisposable & { contestants: Contestant[] }> {
  const engine = createEngine({ docker: false });
  const contestants: Contestant[] = [
    {
      name: 'raw isolated-vm, fresh isolate in process',
      leavesOut: 'process boundary, limits beyond the heap, console, redaction, result',
      async call() {
        const isolate = new ivm.Isolate({ memoryLimit: 256 });
        const context = await isolate.createContext();
        const script = await isolate.compileScript(code);
        const value: unknown = await script.run(context, { timeout: 1_000 });
        isolate.dispose();
        if (value !== 2) throw new Error('wrong value');
      },
    },
    {
      name: 'hotcell, engine.execute',
      leavesOut: 'nothing',
      async call() {
        const { value } = await engine.execute({ language: 'javascript', code });
        if (value !== 2) throw new Error('wrong value');
      },
    },
  ];
  return { contestants, [Symbol.asyncDispose]: () => engine.close() };
}
