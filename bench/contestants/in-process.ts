/** JavaScript engines inside the caller's own process, with a new realm for each call. */
import { createContext, Script } from 'node:vm';
import type isolatedVm from 'isolated-vm';
import type { Answer, OpenContestant } from '../contestant.ts';
import type { Workload } from '../workloads.ts';
import { importPeer } from './import-peer.ts';
import { callTimeoutMs } from './programs.ts';

/** Counts what a guest writes. */
type Log = (text: string) => void;
/** Runs `code` with the globals `inputsText` and `console.log`; returns the text of its last expression. */
type Evaluate = (code: string, inputsText: string, log: Log) => unknown;

/** Raw isolated-vm: a fresh isolate for each call, all on this thread. */
export async function openIsolatedVm(): Promise<OpenContestant> {
  const { default: ivm } = await importPeer<{ default: typeof isolatedVm }>('isolated-vm');
  return realmContestant((code, inputsText, log) => {
    const isolate = new ivm.Isolate({ memoryLimit: 256 });
    try {
      const context = isolate.createContextSync();
      context.global.setSync('inputsText', inputsText);
      context.global.setSync('log', new ivm.Callback(log));
      const script = isolate.compileScriptSync(`const console = { log };\n${code}`);
      return script.runSync(context, { timeout: callTimeoutMs });
    } finally {
      isolate.dispose();
    }
  });
}

/** node:vm: a fresh context. */
export async function openNodeVm(): Promise<OpenContestant> {
  return realmContestant((code, inputsText, log) => {
    const context = createContext({ inputsText, console: { log } });
    return new Script(code).runInContext(context, { timeout: callTimeoutMs });
  });
}

/** vm2: a new VM. */
export async function openVm2(): Promise<OpenContestant> {
  const { VM } = await importPeer<{ VM: new (options: object) => { run(code: string): unknown } }>('vm2');
  return realmContestant((code, inputsText, log) =>
    new VM({ timeout: callTimeoutMs, sandbox: { inputsText, console: { log } } }).run(code),
  );
}

interface QuickJsHandle {
  dispose(): void;
}
interface QuickJsContext {
  readonly global: QuickJsHandle;
  newString(text: string): QuickJsHandle;
  newObject(): QuickJsHandle;
  newFunction(name: string, call: (text: QuickJsHandle) => void): QuickJsHandle;
  setProp(target: QuickJsHandle, name: string, value: QuickJsHandle): void;
  getString(handle: QuickJsHandle): string;
  evalCode(code: string): QuickJsHandle;
  unwrapResult(result: QuickJsHandle): QuickJsHandle;
  dispose(): void;
}
interface QuickJs {
  newRuntime(): { newContext(): QuickJsContext; setMemoryLimit(bytes: number): void; dispose(): void };
}

/** quickjs-emscripten: a new runtime and context in one WebAssembly instance. */
export async function openQuickJs(): Promise<OpenContestant> {
  const { getQuickJS } = await importPeer<{ getQuickJS(): Promise<QuickJs> }>('quickjs-emscripten');
  const engine = await getQuickJS();
  return realmContestant((code, inputsText, log) => {
    const runtime = engine.newRuntime();
    runtime.setMemoryLimit(268_435_456);
    const context = runtime.newContext();
    const give = (target: QuickJsHandle, name: string, value: QuickJsHandle): void => {
      context.setProp(target, name, value);
      value.dispose();
    };
    try {
      const print = context.newFunction('log', (text) => log(context.getString(text)));
      const printer = context.newObject();
      give(printer, 'log', print);
      give(context.global, 'console', printer);
      give(context.global, 'inputsText', context.newString(inputsText));
      const answer = context.unwrapResult(context.evalCode(code));
      const text = context.getString(answer);
      answer.dispose();
      return text;
    } finally {
      context.dispose();
      runtime.dispose();
    }
  });
}

function realmContestant(evaluate: Evaluate): OpenContestant {
  return {
    async run(workload: Workload): Promise<Answer> {
      let outputBytes = 0;
      const log = (text: string): void => {
        outputBytes += Buffer.byteLength(text) + 1;
      };
      const code = `${workload.javascript}\nJSON.stringify(job(JSON.parse(inputsText)));`;
      const text = evaluate(code, JSON.stringify(workload.inputs), log);
      return { value: JSON.parse(String(text)), outputBytes };
    },
    close: async () => undefined,
  };
}
