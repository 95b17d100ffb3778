/** The composition root: the only file that names concrete backends. */

import { createDockerBackend, type DockerOptions } from './backends/docker/backend.ts';
import { SharedDockerConnection } from './backends/docker/docker-connection.ts';
import { createHostContainers } from './backends/docker/isolate-hosts/host-container-launcher.ts';
import { createIsolateBackend, type IsolateOptions } from './backends/isolate/backend.ts';
import { createWasmBackend, type WasmOptions } from './backends/wasm/backend.ts';
import type { EngineEvents } from './contract/api/engine-events.ts';
import { HotcellError } from './contract/api/errors.ts';
import type { ExecutionEvent } from './contract/api/events.ts';
import { defaultCeilings, type Limits, type PartialLimits } from './contract/api/limits.ts';
import {
  defaultNetworkCeilings,
  type NetworkLimits,
  type PartialNetworkLimits,
} from './contract/api/network-limits.ts';
import type { BackendName, ExecutionRequest, Language } from './contract/api/request.ts';
import type { ExecutionResult } from './contract/api/result.ts';
import type { Session, SessionOptions } from './contract/api/session.ts';
import type { Backend, Check, PreparationStep } from './contract/spi/backend.ts';
import type { HostLauncher } from './contract/spi/host-launcher.ts';
import { checkRoutes } from './dispatch/check-routes.ts';
import { Dispatcher, type EngineStats, type WarmRequest } from './dispatch/dispatcher.ts';
import { embedderContext } from './dispatch/embedder-context.ts';
import { EventStream } from './dispatch/event-stream.ts';
import { checkRouting, type Routing } from './dispatch/route.ts';
import type { SessionsOptions } from './dispatch/sessions/sessions.ts';
import { Broker, type EgressOptions } from './egress/broker.ts';
import type { RedactionOptions } from './redaction/redactor.ts';
import { couldNotStart, runSelfTest } from './self-test/self-test.ts';
import { OwnSignal } from './support/caller-signal.ts';
import { callCallerFunction, readCallerValue } from './support/caller-values.ts';
import { EventHub } from './support/event-hub.ts';
import { logEvents } from './support/log-events.ts';
import { guardLogger, type Logger } from './support/logger.ts';
import { snapshot } from './support/snapshot.ts';
import type { Tool } from './tools/define-tool.ts';
import { type ToolCall, ToolCaller } from './tools/tool-caller.ts';

/**
 * Where host processes run. `process`: on this machine, beside the caller's own process, under another user where that is
 * root. `container`: each in an empty container without a network, on the Docker engine that the `docker` options name,
 * with its `runtime`. A start takes some 400 ms in place of 100; a call then takes the same.
 */
export type HostPlacement = 'process' | 'container';

/** Settings of the isolate backend, and where its host processes run. */
export interface IsolateEngineOptions extends IsolateOptions {
  /** Default: `process`. */
  readonly placement?: HostPlacement | undefined;
}

/** Settings of the wasm backend, and where its host processes run. */
export interface WasmEngineOptions extends WasmOptions {
  /** Default: `process`. A container has no files open: its runtime assets are sent to it. */
  readonly placement?: HostPlacement | undefined;
}

/** How jobs reach what their `network` allows. */
export interface EgressEngineOptions extends EgressOptions {
  /** Highest limits that a request's `network` can have; see `defaultNetworkCeilings`. */
  readonly ceilings?: PartialNetworkLimits | undefined;
}

/** Settings of an engine; all have defaults. */
export interface EngineOptions {
  /** Highest limits that a request can have; see `defaultCeilings`. */
  readonly ceilings?: PartialLimits | undefined;
  /** The admission queue of each backend. Defaults: 1 000 jobs, 120 000 ms. */
  readonly queue?:
    | { readonly queueLimit?: number | undefined; readonly queueTimeoutMs?: number | undefined }
    | undefined;
  /** Pattern rules (default on) and e-mail addresses (default off); the secrets of a request are always redacted. */
  readonly redaction?: RedactionOptions | undefined;
  /** Tools that can be called by name. */
  readonly tools?: readonly Tool[] | undefined;
  /** Settings of the isolate backend, or `false` for none. */
  readonly isolate?: IsolateEngineOptions | false | undefined;
  /** Settings of the Docker backend, or `false` for none. */
  readonly docker?: DockerOptions | false | undefined;
  /** Settings of the wasm backend (Python and Bash without containers), or `false` for none. */
  readonly wasm?: WasmEngineOptions | false | undefined;
  /** Settings of what connects for guests, or `false`: no job has a network, whatever it asks for. */
  readonly egress?: EgressEngineOptions | false | undefined;
  /** Which backend serves a language. Default: `isolate` for JavaScript and TypeScript, `docker` for Python and Bash. */
  readonly routes?: Partial<Readonly<Record<Language, BackendName>>> | undefined;
  /**
   * Runs Python and Bash while no Docker engine answers, unless a request names its backend. Calls that come 750 ms after a
   * Docker engine died, or later, run there (3.5 s if it hangs); within 500 ms of its return calls use it again. Calls
   * that were in a container end as `CELL_LOST`, and sessions stay in the backend in which they were opened. Default: none.
   */
  readonly fallback?: 'wasm' | undefined;
  /** What open sessions may take. */
  readonly sessions?: SessionsOptions | undefined;
  /** How long `close` lets running jobs go on. Default 5 000 ms. */
  readonly closeGraceMs?: number | undefined;
  /** Writes a line for what an operator should know; `Engine.events` has all that happens. Silent by default. */
  readonly logger?: Logger | undefined;
}

/** Runs untrusted code and tools. It does nothing until its first call; close it when done. */
export interface Engine extends AsyncDisposable {
  /** What happens in this engine, for logs, metrics and traces; see `docs/events.md`. */
  readonly events: EngineEvents;
  /** Runs a request to its result. Never rejects: every outcome is a result. */
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
  /** The same, as events while it happens; the last one is `finished`. Leaving the loop early cancels the call. */
  stream(request: ExecutionRequest): AsyncIterable<ExecutionEvent>;
  /** Calls a tool of this engine by its name. Never rejects. */
  callTool(call: ToolCall): Promise<ExecutionResult>;
  /**
   * Calls many tools at once, 10 000 at most, and answers in their order, each on its own.
   * @throws {HotcellError} `INVALID_REQUEST` where `calls` is no array, or has more.
   */
  callTools(calls: readonly ToolCall[]): Promise<ExecutionResult[]>;
  /**
   * Opens a session: a guest that keeps variables, functions, imports, working directory and files from call to call.
   * @throws {HotcellError} `INVALID_REQUEST` where the options are none, `SESSION_LIMIT` where too many are open, and what
   * any call may be refused with.
   */
  openSession(options: SessionOptions): Promise<Session>;
  /** Jobs that run and wait now, and cells that wait for jobs, by backend. */
  stats(): EngineStats;
  /**
   * Has `count` cells wait for such requests from now on, and settles when they do; 0 takes that back. For Python and
   * Bash these are containers with the limits given, for JavaScript and TypeScript host processes.
   * @throws {HotcellError} `INVALID_REQUEST` where the request is none or there is no room for so many,
   * `BACKEND_UNAVAILABLE` where none can be made.
   */
  warm(request: WarmRequest, signal?: AbortSignal): Promise<void>;
  /**
   * Makes ready what the first calls would otherwise wait for: images, above all. Without `report` it works in silence.
   * @throws {HotcellError} `BACKEND_UNAVAILABLE` once all backends are through, where one could not be made ready.
   */
  prepare(report?: (step: PreparationStep) => void, signal?: AbortSignal): Promise<void>;
  /**
   * What each backend says of its health.
   * @throws {HotcellError} `INVALID_REQUEST` where `signal` is none.
   */
  check(signal?: AbortSignal): Promise<Check[]>;
  /**
   * A short self-attack with the settings of this engine, meant as a gate before serving: `fail` where something got
   * through, `warn` where an attack could not be tried. `report` hears each line as it is known. Never rejects.
   */
  selfTest(report?: (check: Check) => void, signal?: AbortSignal): Promise<Check[]>;
  /** Refuses what comes, lets running jobs end within the grace, destroys the rest; leaves no process and no container. */
  close(): Promise<void>;
}

/**
 * Puts an engine together; nothing starts before the first call.
 * @throws {HotcellError} `INVALID_REQUEST` where two tools have one name, or an option makes no sense.
 */
export function createEngine(given: EngineOptions = {}): Engine {
  const options = readOptions(given);
  const events = new EventHub();
  if (options.logger) events.subscribe(logEvents(options.logger));
  const ceilings = mergeCeilings('ceilings', options.ceilings ?? {}, defaultCeilings);
  const { egress = {} } = options;
  const network = egress ? mergeCeilings('egress.ceilings', egress.ceilings ?? {}, defaultNetworkCeilings) : undefined;
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
        return await runSelfTest(engine, guardReport(report), own.signal);
      } catch (error) {
        return couldNotStart(error, 'Give selfTest a function and an AbortSignal, or nothing.');
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

/** The options of an engine, read once. */
function readOptions(given: EngineOptions): EngineOptions {
  try {
    // A logger is an object with its own state.
    const { logger, ...rest } = readCallerValue(() => {
      if (typeof given !== 'object' || given === null) throw new TypeError('they must be an object');
      return { ...given };
    });
    return { ...snapshot(rest), ...(logger !== undefined && { logger: guardLogger(logger) }) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : 'they cannot be read';
    throw new HotcellError('INVALID_REQUEST', `The engine cannot be created because of its options: ${reason}.`, {
      cause,
    });
  }
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
  const launcherFor = (backend: string, placement: HostPlacement = 'process'): HostLauncher | undefined => {
    if (placement === 'process') return undefined;
    if (placement === 'container') return createHostContainers(connection, containers);
    const message = `The engine cannot be created: ${backend}.placement must be process or container, but is ${placement}.`;
    throw new HotcellError('INVALID_REQUEST', message);
  };
  if (isolate !== false) {
    const { placement, ...rest } = isolate;
    backends.push(createIsolateBackend(rest, { launcher: launcherFor('isolate', placement), ceilings, events }));
  }
  if (docker !== false) backends.push(createDockerBackend(docker, connection, ceilings));
  if (wasm !== false) {
    const { placement, ...rest } = wasm;
    const launcher = launcherFor('wasm', placement);
    backends.push(createWasmBackend(rest, { launcher, ceilings, events }));
  }
  return backends;
}

/** The ceilings that an option sets, beside the default ones. */
function mergeCeilings<Ceilings extends Limits | NetworkLimits>(
  option: string,
  asked: { readonly [name in keyof Ceilings]?: number | undefined },
  defaults: Ceilings,
): Ceilings {
  const given = Object.entries<number | undefined>(asked).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    if (!(name in defaults) || !Number.isInteger(value) || Number(value) < 1) {
      const message = `The engine cannot be created: ${option}.${name} must be an existing limit and a positive whole number.`;
      throw new HotcellError('INVALID_REQUEST', message);
    }
  }
  return Object.freeze({ ...defaults, ...Object.fromEntries(given) });
}
