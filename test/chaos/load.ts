import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, ExecutionResult } from 'hotcell';
import { type InterpreterOutcome, judgeCall } from './judge-call.ts';
import { lateness } from './lateness.ts';
import { type MixOptions, type PlannedCall, planCall } from './load-mix.ts';
import type { Random } from './random.ts';
import type { StallClock } from './stall-clock.ts';

/** What became of one call. */
export interface Outcome extends InterpreterOutcome {
  readonly kind: string;
  readonly hostile: boolean;
  /** The process id of the engine that was called. */
  readonly engine: number;
  readonly backend: 'isolate' | 'docker';
  readonly tenant: string;
  /** The container that its error names. */
  readonly container: string | undefined;
  readonly status: string;
  readonly code: string;
  /** By how much it came too late, in milliseconds. */
  readonly lateMs: number;
  /** Unix time in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** How a load is run. */
export interface LoadOptions {
  /** Part of all marks; lower-case letters and digits. */
  readonly name: string;
  readonly engine: Engine;
  readonly mix: MixOptions;
  readonly random: Random;
  /** Calls at one time. */
  readonly callers: number;
  /** Calls in all; without end where there is none. */
  readonly calls?: number | undefined;
  readonly queueTimeoutMs: number;
  readonly stalls: StallClock;
  onOutcome(outcome: Outcome): void;
}

/** A call without an answer so long after its last deadline in the queue has none to come. */
const lostAfterMs = 60_000;
/** Whoever is refused comes back later, or a daemon that is down would be called a thousand times a second. */
const pauseMs = 200;

/** How a container is called in error messages. */
const containerName = /\bhotcell-[0-9a-f]{16}\b/;

/** Makes calls until there were enough or `stop` is aborted; settles when each has ended or is lost. */
export async function runLoad(options: LoadOptions, stop: AbortSignal): Promise<void> {
  let next = 0;
  const caller = async (): Promise<void> => {
    while (!stop.aborted && next < (options.calls ?? Number.POSITIVE_INFINITY)) {
      const call = planCall(options.name, next, options.mix, options.random);
      next += 1;
      const outcome = await runCall(call, options);
      options.onOutcome(outcome);
      if (outcome.status === 'unavailable') await sleep(pauseMs, undefined, { signal: stop }).catch(() => undefined);
    }
  };
  await Promise.all(Array.from({ length: options.callers }, caller));
}

async function runCall(call: PlannedCall, options: LoadOptions): Promise<Outcome> {
  const { name, language, hostile } = call.guest;
  const [fromMs, beganMs] = [Date.now(), performance.now()];
  const abort = new AbortController();
  let abortedMs: number | undefined;
  const cancel = (): void => {
    abortedMs = performance.now();
    abort.abort();
  };
  const cancelTimer = call.cancelAfterMs === undefined ? undefined : setTimeout(cancel, call.cancelAfterMs);
  const { promise: lost, resolve: lose } = Promise.withResolvers<undefined>();
  const lostTimer = setTimeout(() => lose(undefined), options.queueTimeoutMs + lostAfterMs);
  const answered = await Promise.race([makeCall(call, options.engine, abort.signal), lost]);
  clearTimeout(cancelTimer);
  clearTimeout(lostTimer);

  const nowMs = performance.now();
  const backend = language === 'python' || language === 'bash' ? 'docker' : 'isolate';
  const { tenant } = call;
  const kind = `${language} ${name}`;
  const made = { kind, hostile, engine: process.pid, backend, tenant, fromMs, toMs: Date.now() } as const;
  if (!answered) {
    return { ...made, container: undefined, status: 'none', code: '', worth: 'lost', why: 'it never ended', lateMs: 0 };
  }
  const { result, startedMs } = answered;
  const outcome = { ...made, container: result.error?.message.match(containerName)?.[0] };
  const observed = {
    wallMs: nowMs - beganMs,
    sinceStartedMs: startedMs === undefined ? undefined : nowMs - startedMs,
    sinceAbortMs: abortedMs === undefined ? undefined : nowMs - abortedMs,
    stalledMs: options.stalls.since(beganMs),
  };
  const lateMs = lateness(result, observed, options.queueTimeoutMs);
  return { ...outcome, ...judgeCall(call, result), status: result.status, code: result.error?.code ?? '', lateMs };
}

async function makeCall(
  call: PlannedCall,
  engine: Engine,
  signal: AbortSignal,
): Promise<{ readonly result: ExecutionResult; readonly startedMs?: number | undefined }> {
  const { guest, tenant, mark, n } = call;
  if (guest.tool !== undefined) {
    return { result: await engine.callTool({ name: guest.tool, arguments: { mark, n }, id: mark, tenant, signal }) };
  }
  const request = { ...guest.request({ mark, n }), language: guest.language, tenant, signal };
  if (call.way === 'execute') return { result: await engine.execute(request) };
  let startedMs: number | undefined;
  for await (const event of engine.stream(request)) {
    if (event.type === 'started') startedMs = performance.now();
    if (event.type === 'finished') return { result: event.result, startedMs };
  }
  throw new Error('The stream of a call ended without its last event.');
}
