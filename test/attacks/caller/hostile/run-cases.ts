/**
 * The child process of `hostile-callers.test.ts`. Runs the cases of one group one after the other on one engine. For
 * each it writes a line of JSON: its outcome, and events that would have ended a process without a listener. It ends by
 * itself when nothing keeps it alive any more.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { createEngine, type ExecutionResult, HotcellError } from '../../../../src/index.ts';
import { groups } from './groups.ts';
import type { HostileCase } from './hostile-case.ts';

/**
 * A case that takes longer hangs. The time is far more than any case needs, so that a busy machine is not a failure.
 */
const caseMaxMs = 90_000;
/** How long late values may take to arrive, in milliseconds. */
const lateMs = 40;

const { backend, cases } = groups[process.argv[2] ?? ''] ?? { cases: [] };
const escaped: string[] = [];
process.on('unhandledRejection', (reason) => escaped.push(`unhandled rejection: ${told(reason)}`));
process.on('uncaughtException', (error) => escaped.push(`uncaught exception: ${told(error)}`));

const engine = createEngine({ wasm: false, ...(backend !== 'docker' && { docker: false }) });
const alive = setInterval(() => undefined, 1_000);
for (const { name, run } of cases as readonly HostileCase[]) {
  const startMs = performance.now();
  const outcome = await Promise.race([settled(() => run(engine as never)), sleep(caseMaxMs, 'HANGS', { ref: false })]);
  const ms = Math.round(performance.now() - startMs);
  await sleep(lateMs);
  const after = await Promise.race([
    settled(() => engine.execute({ language: 'javascript', code: '1' })),
    sleep(caseMaxMs, 'HANGS', { ref: false }),
  ]);
  const busy = Object.values(engine.stats()).filter(({ running, waiting }) => running + waiting > 0);
  process.stdout.write(`${JSON.stringify({ name, outcome, ms, after, busy, escaped: escaped.splice(0) })}\n`);
}
await engine.close();
clearInterval(alive);
process.stdout.write(`${JSON.stringify({ name: 'the end', escaped })}\n`);

/** The outcome as a text. On a machine that is too busy to start a host process, the call is repeated. */
async function settled(run: () => unknown, tries = 5): Promise<string> {
  const outcome = await tell(run);
  return tries > 1 && outcome.includes('A host process for isolates did not start')
    ? await settled(run, tries - 1)
    : outcome;
}

async function tell(run: () => unknown): Promise<string> {
  try {
    return describe(await run());
  } catch (error) {
    if (error instanceof HotcellError) return `rejected ${error.code}: ${error.message}`;
    return `ESCAPED ${told(error)}`;
  }
}

function describe(outcome: unknown): string {
  if (Array.isArray(outcome)) return `[${outcome.slice(0, 5).map(describe).join(', ')}]`;
  if (typeof outcome !== 'object' || outcome === null || !('status' in outcome))
    return JSON.stringify(outcome) ?? 'done';
  const { status, error, value, stdout, stderr, lostArtifacts = [] } = outcome as ExecutionResult;
  const lost = lostArtifacts.map(({ path, reason }) => `${path}: ${reason}`);
  const parts = [status, error && `${error.code}: ${error.message}`, value !== undefined && JSON.stringify(value)];
  return [...parts, stdout, stderr, ...lost].filter(Boolean).join(' | ');
}

function told(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.stack}` : String(thrown);
  } catch {
    return 'something that cannot be read';
  }
}
