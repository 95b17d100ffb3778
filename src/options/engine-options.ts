/** The options of an engine, and the one schema that checks all of them. */
import { isIP } from 'node:net';
import { z } from 'zod';
import type { CellPoolOptions, DockerOptions } from '../backends/docker/backend.ts';
import type { TenantOptions } from '../backends/docker/tenant/tenant-options.ts';
import type { IsolateOptions } from '../backends/isolate/options.ts';
import type { WasmOptions } from '../backends/wasm/backend.ts';
import { HotcellError } from '../contract/api/errors.ts';
import { type PartialLimits, partialLimitsSchema } from '../contract/api/limits.ts';
import { partialNetworkLimitsSchema } from '../contract/api/network.ts';
import type { PartialNetworkLimits } from '../contract/api/network-limits.ts';
import { type BackendName, backendNames, type Language } from '../contract/api/request.ts';
import { printable } from '../contract/schema/issues.ts';
import type { ShapeOf } from '../contract/schema/schema-parts.ts';
import {
  listSetting,
  nameSetting,
  setting,
  settings,
  switchSetting,
  textSetting,
  wholeSetting,
} from '../contract/schema/setting-schemas.ts';
import type { SessionsOptions } from '../dispatch/sessions/sessions.ts';
import type { EgressOptions } from '../egress/broker.ts';
import type { RedactionOptions } from '../redaction/redactor.ts';
import { CallerError, isInstance } from '../support/caller-values.ts';
import { guardLogger, type Logger } from '../support/logger.ts';
import { parseCallerValue } from '../support/parse-caller-value.ts';
import { type Tool, toolSchema } from '../tools/define-tool.ts';
import { snapshot } from './snapshot.ts';

const placements = ['process', 'container'] as const;
/**
 * Where host processes run. `process`: on this machine, beside the caller's own process, under another user if that is
 * root. `container`: each in an empty container without a network, on the Docker engine that the `docker` options name,
 * with its `runtime`. A start takes about 400 ms in place of 100; a call then takes the same.
 */
export type HostPlacement = (typeof placements)[number];

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

/** The admission queue of each backend. */
export interface QueueOptions {
  /** Jobs that wait at one time; more are refused with `QUEUE_FULL`. Default 1 000. */
  readonly queueLimit?: number | undefined;
  /** How long a job can wait before it is refused with `QUEUE_TIMEOUT`, in milliseconds. Default 120 000. */
  readonly queueTimeoutMs?: number | undefined;
}

/** Settings of an engine; all have defaults. `docs/options.md` has the ranges; `undefined` counts as not given. */
export interface EngineOptions {
  /** Highest limits that a request can have; see `defaultCeilings`. */
  readonly ceilings?: PartialLimits | undefined;
  /** The admission queue of each backend. Defaults: 1 000 jobs, 120 000 ms. */
  readonly queue?: QueueOptions | undefined;
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
  readonly routes?: Partial<Readonly<Record<Language, BackendName | undefined>>> | undefined;
  /**
   * Runs Python and Bash while no Docker engine answers, unless a request names its backend. Calls that come 750 ms or
   * more after a Docker engine died run there (3.5 s if it hangs); within 500 ms of its return, calls use it again. Calls
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

/** A timer of Node's with a longer time fires at once. */
const longestMs = 2_147_483_647;
/** A pause that is looked at again and again: less would keep a processor busy. */
const shortestPauseMs = 100;
/** No machine has more MiB or runs more jobs than these: a larger number is a mistake in the unit. */
const [mostMb, mostJobs, mostHosts, mostSpares] = [1_073_741_824, 65_536, 1_024, 256];
/** A host process and the smallest job, in MiB: with less, no call would ever run. */
const [leastIsolateMb, leastWasmMb] = [128, 704];
const addressPattern = /^(?:unix|npipe|tcp|https?):\/\/./;

/** Parts of a processor, in the steps that Docker knows. */
const processors = setting<number>(
  'a number from 0.01 to 1024',
  (value) => typeof value === 'number' && value >= 0.01 && value <= 1_024,
);

/** The name of an OCI runtime, as the Docker engine knows it. */
export const runtimeSchema: z.ZodType<string, string> = textSetting('the name of an OCI runtime, such as runsc');

/** Settings, or `false` for a part that the engine is to be without. */
function settingsOrFalse<Options>(fields: ShapeOf<Options>): z.ZodType<Options | false, Options | false> {
  return z.union([z.literal(false), settings<Options>(fields, ', or false')]);
}

const hostFields = {
  hostProcesses: wholeSetting(1, mostHosts),
  spareHosts: wholeSetting(0, mostHosts),
  idleMs: wholeSetting(shortestPauseMs, longestMs),
  slots: wholeSetting(1, mostJobs),
  placement: nameSetting(placements),
};

/** `address`, `address:port` or `[address]:port`. */
function isServer(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [, inBrackets, host, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(value) ?? [];
  const isAddress = inBrackets === undefined ? isIP(host ?? value) > 0 : isIP(inBrackets) === 6;
  return isAddress && (port === undefined || (Number(port) >= 1 && Number(port) <= 65_535));
}

const toolsSchema = z
  .custom<readonly unknown[]>((value) => Array.isArray(value), 'must be an array of what defineTool returns')
  .pipe(z.array(toolSchema))
  .superRefine((tools, context) => {
    const names = tools.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice === undefined) return;
    context.addIssue({ code: 'custom', message: `two tools have the same name "${twice}"; rename one` });
  });

const loggerWanted = 'an object with the methods debug, info, warn and error';
const loggerSchema = setting<Logger>(loggerWanted, (value) => typeof value === 'object' && value !== null).transform(
  (logger, context) => {
    try {
      return guardLogger(logger);
    } catch (error) {
      const isUnreadable = isInstance(error, CallerError);
      const message = isUnreadable ? `cannot be read (${printable(error.message)})` : `must be ${loggerWanted}`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }
  },
);

/** Checks {@link EngineOptions}. Their parts are in `docs/options.md`. */
const engineOptionsSchema: z.ZodType<EngineOptions, EngineOptions> = settings<EngineOptions>({
  ceilings: partialLimitsSchema,
  queue: settings<QueueOptions>({ queueLimit: wholeSetting(0, 1_000_000), queueTimeoutMs: wholeSetting(1, longestMs) }),
  redaction: settings<RedactionOptions>({ rules: switchSetting, emails: switchSetting }),
  tools: toolsSchema,
  isolate: settingsOrFalse<IsolateEngineOptions>({
    ...hostFields,
    memoryBudgetMb: wholeSetting(leastIsolateMb, mostMb),
    spareIsolates: wholeSetting(0, mostSpares),
  }),
  docker: settingsOrFalse<DockerOptions>({
    address: textSetting('an address that starts with unix://, npipe://, tcp://, http:// or https://', addressPattern),
    runtime: runtimeSchema,
    cpus: processors,
    slots: wholeSetting(1, mostJobs),
    images: settings<NonNullable<DockerOptions['images']>>({
      python: textSetting('the name or digest of an image'),
      bash: textSetting('the name or digest of an image'),
    }),
    preparesData: switchSetting,
    seccompProfile: textSetting('unconfined, the text of a profile, or with Podman the path of one'),
    pool: settings<CellPoolOptions>({
      floor: wholeSetting(0, mostJobs),
      ceiling: wholeSetting(0, mostJobs),
      memoryBudgetMb: wholeSetting(0, mostMb),
      idleMs: wholeSetting(shortestPauseMs, longestMs),
    }),
    tenant: settings<TenantOptions>({
      jobs: wholeSetting(1, mostJobs),
      memoryMb: wholeSetting(8, mostMb),
      cpus: processors,
      idleMs: wholeSetting(shortestPauseMs, longestMs),
      maxJobs: wholeSetting(1, 1_000_000_000),
      containers: wholeSetting(1, mostHosts),
      spares: wholeSetting(0, mostHosts),
    }),
  }),
  wasm: settingsOrFalse<WasmEngineOptions>({
    ...hostFields,
    memoryBudgetMb: wholeSetting(leastWasmMb, mostMb),
    spareGuests: wholeSetting(0, mostSpares),
    cacheFolder: textSetting('the path of a folder'),
  }),
  egress: settingsOrFalse<EgressEngineOptions>({
    dnsServers: listSetting(setting<string>('an address or address:port', isServer), 1, 64, 'addresses of DNS servers'),
    ca: textSetting('certificates in PEM', /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----/),
    allowLoopbackForTests: switchSetting,
    ceilings: partialNetworkLimitsSchema,
  }),
  routes: settings<NonNullable<EngineOptions['routes']>>({
    javascript: nameSetting(backendNames),
    typescript: nameSetting(backendNames),
    python: nameSetting(backendNames),
    bash: nameSetting(backendNames),
  } satisfies Record<Language, z.ZodType>),
  fallback: nameSetting(['wasm']),
  sessions: settings<SessionsOptions>({
    perTenant: wholeSetting(0, 1_000_000),
    memoryBudgetMb: wholeSetting(0, mostMb),
    idleTimeoutMs: wholeSetting(1, longestMs),
    maxAgeMs: wholeSetting(1, longestMs),
  }),
  closeGraceMs: wholeSetting(0, longestMs),
  logger: loggerSchema,
});

/**
 * The options of an engine: read once, copied and checked.
 * @throws {HotcellError} `INVALID_OPTIONS` with the name of an option and what it can be; nothing else, whatever they do
 */
export function readEngineOptions(given: unknown): EngineOptions {
  const parsed = parseCallerValue(engineOptionsSchema, readMembers(given));
  if (parsed.reason === undefined) return parsed.data;
  throw invalidOptions(parsed.reason);
}

/** All is read here, except a logger: that is an object with its own state. */
function readMembers(given: unknown): unknown {
  try {
    if (typeof given !== 'object' || given === null) return given;
    return snapshot(given, ['logger']);
  } catch (error) {
    throw invalidOptions(isInstance(error, CallerError) ? printable(error.message) : 'they cannot be read');
  }
}

/** @param reason a sentence without its start and its full stop */
function invalidOptions(reason: string): HotcellError {
  return new HotcellError('INVALID_OPTIONS', `The engine cannot be created because of its options: ${reason}.`);
}
