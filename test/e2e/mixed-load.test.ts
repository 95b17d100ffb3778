import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { createEngine, type ExecutionRequest, type ExecutionStatus } from 'hotcell';
import { expect, test } from 'vitest';

const run = promisify(execFile);

/** Requests and how they must end; `inputs` makes each answer different. */
const kinds: readonly { readonly ends: ExecutionStatus; readonly request: ExecutionRequest }[] = [
  { ends: 'success', request: { language: 'javascript', code: 'inputs * 2' } },
  { ends: 'success', request: { language: 'typescript', code: 'const n: number = inputs;\nn * 2' } },
  { ends: 'success', request: { language: 'python', code: 'inputs * 2' } },
  { ends: 'success', request: { language: 'bash', code: 'jq ". * 2" "$HOTCELL_INPUTS" > "$HOTCELL_VALUE"' } },
  {
    ends: 'success',
    request: { language: 'javascript', code: 'await new Promise((r) => setTimeout(r, 20));\ninputs * 2' },
  },
  { ends: 'error', request: { language: 'javascript', code: 'null.x' } },
  { ends: 'error', request: { language: 'python', code: '1 / 0' } },
  { ends: 'timeout', request: { language: 'javascript', code: 'for (;;);', limits: { timeoutMs: 150 } } },
  { ends: 'timeout', request: { language: 'bash', code: 'sleep 30', limits: { timeoutMs: 300 } } },
  {
    ends: 'memory_limit',
    request: {
      language: 'javascript',
      code: 'const a = []; for (;;) a.push(new Array(1e4).fill(1))',
      limits: { memoryMb: 16 },
    },
  },
];

async function containers(): Promise<string[]> {
  const { stdout } = await run('docker', ['ps', '--all', '--quiet', '--filter', `label=hotcell.pid=${process.pid}`]);
  return stdout.split('\n').filter((line) => line !== '');
}

/** Processes that this one started and that are still there. */
function children(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return new RegExp(`^PPid:\\t${process.pid}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'utf8'));
      } catch {
        return false;
      }
    });
}

test('200 mixed calls, 16 at a time: every call its own right result, and nothing left afterwards', {
  timeout: 240_000,
}, async () => {
  const before = new Set(children());
  const engine = createEngine();
  const wrong: unknown[] = [];
  let next = 0;
  const caller = async (): Promise<void> => {
    while (next < 200) {
      const inputs = next;
      next += 1;
      const kind = kinds[inputs % kinds.length];
      if (!kind) throw new Error('no such kind');
      const result = await engine.execute({ ...kind.request, inputs, tenant: `tenant-${inputs % 3}` });
      const value = kind.ends === 'success' ? inputs * 2 : undefined;
      if (result.status !== kind.ends || result.value !== value) wrong.push({ inputs, kind, result });
    }
  };
  await Promise.all(Array.from({ length: 16 }, caller));
  await engine.close();
  expect(wrong).toEqual([]);
  expect(await containers()).toEqual([]);
  expect(children().filter((pid) => !before.has(pid))).toEqual([]);
});
