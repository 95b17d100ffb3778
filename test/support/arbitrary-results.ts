import fc from 'fast-check';
import {
  type Artifact,
  type ConnectionRecord,
  type DeliveredArtifact,
  type Display,
  defaultLimits,
  defaultNetworkLimits,
  type ErrorCode,
  type ExecutionError,
  type ExecutionEvent,
  type ExecutionRequest,
  type ExecutionResult,
  errorCodes,
  type JsonValue,
  type Limits,
  languages,
  type NetworkLimits,
  type NetworkUse,
  type SandboxInfo,
  type SessionInfo,
  statuses,
  type ToolCallRecord,
  toolErrorTable,
} from 'hotcell';

/** One arbitrary for each field: a new field of the type does not compile until it is added here. */
type Model<T> = { readonly [Key in keyof T]-?: fc.Arbitrary<T[Key]> };

/** Leaves out some of the optional fields. */
function objects<T>(model: Model<T>): fc.Arbitrary<T> {
  const required = fc.record(model as Record<string, fc.Arbitrary<unknown>>) as fc.Arbitrary<T>;
  return required.map((value) => {
    const entries = Object.entries(value as object).filter(([, field]) => field !== undefined);
    return Object.fromEntries(entries) as T;
  });
}

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const text = fc.string({ unit: 'binary', maxLength: 20 });
const anyText = fc.oneof(text, fc.string({ unit: 'binary-ascii' }), fc.constant('\ud800 alone'));
const count = fc.nat();
const ms = fc.double({ min: 0, max: 1e9, noNaN: true }).map((value) => value + 0);
const bytes = fc.uint8Array({ maxLength: 40 });
const time = fc.date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true }).map((date) => date.toISOString());
/** Some values look like parts of the wire form itself. */
export const anyJson: fc.Arbitrary<JsonValue> = fc.oneof(
  // JSON has no negative zero.
  fc.jsonValue({ depthSize: 'small' }).map((value) => JSON.parse(JSON.stringify(value)) as JsonValue),
  fc.constantFrom<JsonValue>(
    { base64: 'QUJD' },
    { ref: 'x', sizeBytes: 3, sha256: '0'.repeat(64) },
    { wireVersion: 7, content: { base64: '!' } },
    JSON.parse('{"__proto__":{"a":1},"constructor":null}') as JsonValue,
  ),
);

const numbersLike = <T extends object>(defaults: T): fc.Arbitrary<T> =>
  fc.record(
    Object.fromEntries(Object.keys(defaults).map((name) => [name, fc.integer({ min: 16, max: 64 })])),
  ) as unknown as fc.Arbitrary<T>;
const limits: fc.Arbitrary<Limits> = numbersLike(defaultLimits);
const networkLimits: fc.Arbitrary<NetworkLimits> = numbersLike(defaultNetworkLimits);
const toolErrors = fc.constantFrom(...(Object.keys(toolErrorTable) as (keyof typeof toolErrorTable)[]));

const error = objects<ExecutionError>({
  code: fc.constantFrom<ErrorCode>(...errorCodes),
  message: anyText,
  hint: maybe(text),
  name: maybe(text),
  stack: maybe(text),
  line: maybe(fc.integer()),
  ran: fc.constantFrom('no', 'yes', 'unknown'),
  retryAfterMs: maybe(ms),
});
const delivered: Model<DeliveredArtifact> = { path: anyText, mediaType: text, bytes: count, sha256: text };
const artifact = objects<Artifact>({ ...delivered, content: bytes });
const display = objects<Display>({
  group: fc.integer({ min: 1, max: 256 }),
  mediaType: text,
  data: fc.oneof(anyText, bytes),
});
const sandbox = objects<SandboxInfo>({
  backend: fc.constantFrom('isolate', 'docker', 'wasm'),
  isolation: fc.constantFrom('fresh', 'tenant'),
  runtime: text,
  image: maybe(text),
  warm: fc.boolean(),
});
const toolCall = objects<ToolCallRecord>({ tool: anyText, ms, error: maybe(toolErrors) });
const network = objects<NetworkUse>({
  connections: fc.array(
    objects<ConnectionRecord>({
      host: text,
      port: count,
      address: maybe(text),
      bytesIn: count,
      bytesOut: count,
      ms,
      outcome: fc.constantFrom('ended', 'refused', 'failed', 'cut'),
      reason: maybe(text),
    }),
    { maxLength: 2 },
  ),
  unrecorded: count,
  limits: networkLimits,
});
const session = objects<SessionInfo>({
  id: text,
  call: fc.integer({ min: 1, max: 9 }),
  state: fc.constantFrom('kept', 'lost'),
  idleTimeoutMs: fc.integer({ min: 1, max: 9 }),
  maxAgeMs: fc.integer({ min: 1, max: 9 }),
});

/** Results of every shape. */
export const anyResult: fc.Arbitrary<ExecutionResult> = objects<ExecutionResult>({
  id: text,
  status: fc.constantFrom(...statuses),
  value: maybe(anyJson),
  valueType: fc.constantFrom('json', 'repr', 'none'),
  error: maybe(error),
  stdout: anyText,
  stderr: anyText,
  truncated: fc.record({ stdoutBytes: count, stderrBytes: count, artifacts: count, displays: count }),
  exitCode: maybe(fc.integer()),
  signal: maybe(text),
  artifacts: fc.array(artifact, { maxLength: 3 }),
  deliveredArtifacts: maybe(fc.array(objects<DeliveredArtifact>(delivered), { maxLength: 2 })),
  lostArtifacts: maybe(fc.array(fc.record({ path: text, reason: text }), { maxLength: 2 })),
  displays: fc.array(display, { maxLength: 3 }),
  toolCalls: fc.array(toolCall, { maxLength: 2 }),
  network: maybe(network),
  usage: fc.record({
    wallMs: ms,
    cpuMs: ms,
    peakMemoryBytes: count,
    stdoutBytes: count,
    stderrBytes: count,
    hostMs: ms,
    toolCalls: count,
  }),
  timings: fc.record({ queuedMs: ms, acquireMs: ms, runMs: ms, settleMs: ms }),
  limits,
  redactions: fc.array(fc.record({ rule: text, count, where: text }), { maxLength: 2 }),
  sandbox: maybe(sandbox),
  startedAt: time,
  finishedAt: time,
  tenant: text,
  tool: maybe(fc.record({ name: text, version: text, callId: text })),
  session: maybe(session),
});

/** Events of every type. */
export const anyEvent: fc.Arbitrary<ExecutionEvent> = fc.oneof(
  fc.record({ type: fc.constant('queued' as const), id: text, at: time }),
  fc.record({ type: fc.constant('started' as const), id: text, at: time, sandbox }),
  fc.record({ type: fc.constantFrom('stdout' as const, 'stderr' as const), id: text, text: anyText }),
  fc.record({ type: fc.constant('display' as const), id: text, display }),
  fc.record({
    type: fc.constant('progress' as const),
    id: text,
    fraction: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
    text,
  }),
  fc.record({ type: fc.constant('tool-started' as const), id: text, call: count, tool: text }),
  objects<Extract<ExecutionEvent, { type: 'tool-finished' }>>({
    type: fc.constant('tool-finished' as const),
    id: text,
    call: count,
    tool: text,
    ms,
    error: maybe(toolErrors),
  }),
  fc.record({ type: fc.constant('finished' as const), id: text, result: anyResult }),
);

const names = fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,8}$/).filter((name) => !name.startsWith('HOTCELL_'));
const paths = fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}){0,2}$/);
const variables = fc.dictionary(
  names,
  fc.string({ maxLength: 10 }).filter((value) => !value.includes('\0')),
  {
    maxKeys: 3,
  },
);

/** Sendable requests of every shape. */
export const anyRequest: fc.Arbitrary<ExecutionRequest> = objects<
  Omit<ExecutionRequest, 'artifactSink' | 'signal' | 'tools'>
>({
  language: fc.constantFrom(...languages.filter((language) => language !== 'python')),
  code: text,
  mode: maybe(fc.constantFrom('script', 'handler')),
  inputs: maybe(anyJson),
  stdin: maybe(fc.oneof(anyText, bytes)),
  files: maybe(fc.dictionary(paths, fc.oneof(anyText, bytes), { maxKeys: 4 })),
  collect: maybe(fc.array(paths, { maxLength: 3 })),
  env: maybe(variables),
  secrets: maybe(variables),
  limits: maybe(limits.map(({ timeoutMs, memoryMb }) => ({ timeoutMs, memoryMb }))),
  network: maybe(
    fc.constantFrom<NonNullable<ExecutionRequest['network']>>('none', {
      allow: ['api.example.com:443'],
      inject: [{ host: 'api.example.com', header: 'Authorization', secret: 'Bearer x' }],
      limits: { connections: 3 },
    }),
  ),
  tenant: maybe(paths),
  isolation: maybe(fc.constantFrom('fresh', 'tenant')),
  backend: maybe(fc.constantFrom('isolate', 'docker', 'wasm')),
  image: fc.constant(undefined),
});
