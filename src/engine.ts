/** The composition root: the only file that names concrete backends. */

import { createDockerBackend } from './backends/docker/backend.ts';
import { SharedDockerConnection } from './backends/docker/docker-connection.ts';
import { createHostContainers } from './backends/docker/isolate-hosts/host-container-launcher.ts';
import { createIsolateBackend } from './backends/isolate/backend.ts';
import { createWasmBackend } from './backends/wasm/backend.ts';
import type { Check, EngineStats, PreparationStep } from './contract/api/backend-reports.ts';
import type { EngineEvents } from './contract/api/engine-events.ts';
import { HotcellError } from './contract/api/errors.ts';
import type { ExecutionEvent } from './contract/api/events.ts';
import { defaultCeilings, type Limits } from './contract/api/limits.ts';
import { defaultNetworkCeilings, type NetworkLimits } from './contract/api/network-limits.ts';
import type { ExecutionRequest } from './contract/api/request.ts';
import type { ExecutionResult } from './contract/api/result.ts';
import type { Session, SessionOptions } from './contract/api/session.ts';
import { textOfThrown } from './contract/schema/thrown.ts';
import type { Backend } from './contract/spi/backend.ts';
import type { HostLauncher } from './contract/spi/host-launcher.ts';
import { EventStream } from './dispatch/call/event-stream.ts';
import { Dispatcher, type WarmRequest } from './dispatch/dispatcher.ts';
import { embedderContext } from './dispatch/embedder-context.ts';
import { checkRoutes } from './dispatch/request/check-routes.ts';
import { checkRouting, type Routing } from './dispatch/request/route.ts';
import { Broker } from './egress/broker.ts';
import { type EngineOptions, type HostPlacement, readEngineOptions } from './options/engine-options.ts';
import { OwnSignal } from './support/caller-signal.ts';
import { callCallerFunction } from './support/caller-values.ts';
import { EventHub } from './support/event-hub.ts';
import { logEvents } from './support/log-events.ts';
import { type ToolCall, ToolCaller } from './tools/tool-caller.ts';

/** Runs untrusted code and tools. It does nothing until its first call; close it when done. */
export interface Engine extends AsyncDisposable {
  /** The events of this engine, for logs, metrics and traces; see `docs/events.md`. */
  readonly events: EngineEvents;
  /** Runs a request to its result. Never rejects: every outcome is a result. */
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
  /** Runs a request and yields its events as they happen, `finished` last. Leaving the loop early cancels the call. */
  stream(request: ExecutionRequest): AsyncIterable<ExecutionEvent>;
  /** Calls a tool of this engine by its name. Never rejects. */
  callTool(call: ToolCall): Promise<ExecutionResult>;
  /**
   * Calls many tools at once, 10 000 at most, and answers in their order, each on its own.
   * @throws {HotcellError} `INVALID_REQUEST` if `calls` is not an array or has more.
   */
  callTools(calls: readonly ToolCall[]): Promise<ExecutionResult[]>;
  /**
   * Opens a session: a guest that keeps variables, functions, imports, working directory and files from call to call.
   * @throws {HotcellError} `INVALID_REQUEST` if the options are not valid, `SESSION_LIMIT` if too many sessions are open, and
   * the errors with which any call may be refused.
   */
  openSession(options: SessionOptions): Promise<Session>;
  /** Jobs that run and wait now, and cells that wait for jobs, by backend. */
  stats(): EngineStats;
  /**
   * Keeps `count` cells ready for such requests from now on, and settles when they are; 0 ends this. For Python and
   * Bash these are containers with the given limits, for JavaScript and TypeScript host processes.
   * @throws {HotcellError} `INVALID_REQUEST` if the request is not valid or there is no room for that many cells,
   * `BACKEND_UNAVAILABLE` if none can be made.
   */
  warm(request: WarmRequest, signal?: AbortSignal): Promise<void>;
  /**
   * Prepares everything that the first calls would otherwise wait for, above all images. `report` gets each step.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` if a backend could not be prepared, after all were tried.
   */
  prepare(report?: (step: PreparationStep) => void, signal?: AbortSignal): Promise<void>;
  /**
   * Reports the health of each backend.
   * @throws {HotcellError} `INVALID_REQUEST` if `signal` is not an `AbortSignal`.
   */
  check(signal?: AbortSignal): Promise<Check[]>;
  /**
   * A short self-attack with the settings of this engine, meant as a gate before serving: `fail` if an attack
   * succeeded, `warn` if one could not be tried. `report` gets each line as soon as it is known. Never rejects.
   */
  selfTest(report?: (check: Check) => void, signal?: AbortSignal): Promise<Check[]>;
  /** Refuses new calls, lets jobs end within the grace period, destroys the rest; leaves no process and no container. */
  close(): Promise<void>;
}

/**
 * Puts an engine together; nothing starts before the first call.
 * @throws {HotcellError} `INVALID_OPTIONS` with the name of an option that is wrong, and what it can be
 */
export function createEngine(given: EngineOptions = {}): Engine {
  const options = readEngineOptions(given);
  const events = new EventHub();
  if (options.logger) events.subscribe(logEvents(options.logger));
  const ceilings = mergeCeilings(defaultCeilings, options.ceilings);
  const { egress = {} } = options;
  const network = egress ? mergeCeilings(defaultNetworkCeilings, egress.ceilings) : undefined;
  const backends = createBackends(options, ceilings, events);
  const routing: Routing = { routes: options.routes ?? {}, fallback: options.fallback };
  checkRouting(routing, backends);
  const dispatcher = new Dispatcher({
    backends,
    ceilings: { limits: ceilings, network },
    openBroker: (policy) => new Broker(policy, egress || {}),
    routing,
    queue: {
      queueLimit: options.queue?.queueLimit ?? 1_000,
      queueTimeoutMs: options.queue?.queueTimeoutMs ?? 120_000,
    },
    redaction: options.redaction ?? {},
    sessions: options.sessions ?? {},
    events,
  });
  const tools = new ToolCaller(options.tools ?? [], {
    executor: dispatcher,
    contextOf: embedderContext,
    refuse: (error, context) => dispatcher.refuse(error, context),
    events,
  });
  let closing: Promise<void> | undefined;

  const engine: Engine = {
    events,
    execute: (request) => dispatcher.execute(request, embedderContext(request)),
    stream: (request) =>
      new EventStream((emit, left) => dispatcher.execute(request, embedderContext(request, left), emit)),
    callTool: (call) => tools.call(call),
    callTools: (calls) => tools.callAll(calls),
    openSession: (asked) => dispatcher.openSession(asked, embedderContext(asked)),
    stats: () => dispatcher.stats(),
    async warm(request, signal) {
      using own = new OwnSignal(signal, 120_000);
      await dispatcher.warm(request, embedderContext(request, own.signal));
    },
    async prepare(report, signal) {
      using own = new OwnSignal(signal, 600_000);
      const say = guardReport(report);
      const ends = await Promise.allSettled(backends.map((backend) => backend.prepare(say, own.signal)));
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    },
    async check(signal) {
      using own = new OwnSignal(signal, 30_000);
      const checks = (await Promise.all(backends.map((backend) => backend.check(own.signal)))).flat();
      return [...checks, ...(await checkRoutes(backends, routing, own.signal))];
    },
    async selfTest(report, signal) {
      try {
        using own = new OwnSignal(signal, 120_000);
        const say = guardReport(report);
        // Loaded here because programs that only make calls do not need it.
        const { runSelfTest } = await import('./self-test/self-test.ts');
        return await runSelfTest(engine, say, own.signal);
      } catch (error) {
        const detail = `could not start: ${textOfThrown(error)}`;
        const remedy = 'Give selfTest a function and an AbortSignal, or nothing; see "hotcell doctor".';
        return [{ name: 'self-test', verdict: 'fail', detail, remedy }];
      }
    },
    close() {
      closing ??= (async () => {
        const startedAt = performance.now();
        await dispatcher.close(options.closeGraceMs ?? 5_000);
        await Promise.all(backends.map((backend) => backend.close()));
        events.emit?.({ type: 'engine.closed', ms: Math.round(performance.now() - startedAt) });
        events.flush();
      })();
      return closing;
    },
    [Symbol.asyncDispose]: () => engine.close(),
  };
  return engine;
}

/**
 * The caller's report function, for the engine's own use: an error that it throws is ignored.
 * @throws {HotcellError} `INVALID_REQUEST` if it is not a function
 */
function guardReport<Step>(report: ((step: Step) => void) | undefined): (step: Step) => void {
  if (report === undefined) return () => undefined;
  if (typeof report !== 'function') throw new HotcellError('INVALID_REQUEST', 'The report must be a function.');
  return (step) => void callCallerFunction(() => report(step));
}

function createBackends(options: EngineOptions, ceilings: Limits, events: EventHub): readonly Backend[] {
  const { isolate = {}, docker = {}, wasm = {} } = options;
  const backends: Backend[] = [];
  const containers = docker === false ? {} : docker;
  const connection = new SharedDockerConnection(containers.address, events);
  const launcherFor = (placement: HostPlacement = 'process'): HostLauncher | undefined =>
    placement === 'container' ? createHostContainers(connection, containers) : undefined;
  if (isolate !== false) {
    const { placement, ...rest } = isolate;
    backends.push(createIsolateBackend(rest, { launcher: launcherFor(placement), ceilings, events }));
  }
  if (docker !== false) backends.push(createDockerBackend(docker, connection, ceilings));
  if (wasm !== false) {
    const { placement, ...rest } = wasm;
    const launcher = launcherFor(placement);
    backends.push(createWasmBackend(rest, { launcher, ceilings, events }));
  }
  return backends;
}

/** The default ceilings, except for those that an option sets. */
function mergeCeilings<Ceilings extends Limits | NetworkLimits>(
  defaults: Ceilings,
  given: { readonly [name in keyof Ceilings]?: number | undefined } = {},
): Ceilings {
  const set = Object.entries<number | undefined>(given).filter(([, value]) => value !== undefined);
  return Object.freeze({ ...defaults, ...Object.fromEntries(set) });
}
