import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine, ExecutionResult } from 'hotcell';
import { type InterpreterOutcome, judgeCall } from './judge-call.ts';
import { lateness } from './lateness.ts';
import { type MixOptions, type PlannedCall, planCall } from './load-mix.ts';
import type { Random } from './random.ts';
import type { StallClock } from './stall-clock.ts';

/** The outcome of one call. */
export interface Outcome extends InterpreterOutcome {
  readonly kind: string;
  readonly hostile: boolean;
  /** Process id of the called engine. */
  readonly engine: number;
  readonly backend: 'isolate' | 'docker';
  readonly tenant: string;
  /** The container named in its error. */
  readonly container: string | undefined;
  readonly status: string;
  readonly code: string;
  /** How much too late it ended, in milliseconds. */
  readonly lateMs: number;
  /** Unix time in milliseconds. */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Settings of a load. */
export interface LoadOptions {
  /** Part of all marks; lower-case letters and digits. */
  readonly name: string;
  readonly engine: Engine;
  readonly mix: MixOptions;
  readonly random: Random;
  /** Concurrent calls. */
  readonly callers: number;
  /** Total number of calls; unlimited if absent. */
  readonly calls?: number | undefined;
  readonly queueTimeoutMs: number;
  readonly stalls: StallClock;
  onOutcome(outcome: Outcome): void;
}

/** Time after the last deadline in the queue, after which a call counts as lost. */
const lostAfterMs = 60_000;
/** Pause of a caller after a refusal; otherwise it would call a daemon that is down a thousand times a second. */
const pauseMs = 200;

/** A container's name in error messages. */
const containerName = /\bhotcell-[0-9a-f]{16}\b/;

/** Makes calls until `calls` is reached or `stop` is aborted; resolves when each has ended or is lost. */
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
