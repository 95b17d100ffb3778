import { z } from 'zod';
import { bytesSchema } from '../schema/bytes.ts';
import type { JsonValue } from '../schema/json.ts';
import { jsonValueSchema, type ShapeOf } from '../schema/schema-parts.ts';
import type { Display } from './display.ts';
import { displaySchema } from './display-schema.ts';
import { type ErrorCode, type ExecutionStatus, errorCodes, type Ran, statuses } from './errors.ts';
import { type Limits, limitsSchema } from './limits.ts';
import { type NetworkUse, networkUseSchema } from './network-use.ts';
import { type BackendName, backendNames } from './request.ts';
import { type SessionInfo, sessionInfoSchema } from './session-info.ts';
import { type ToolErrorCode, toolErrorCodes } from './tool-errors.ts';

/** Why a call did not succeed. */
export interface ExecutionError {
  readonly code: ErrorCode;
  /** A sentence: what failed, why, and what to do; for a guest's exception, its own message. */
  readonly message: string;
  /** What to do about a mistake that is frequent (`docs/hints.md`); absent otherwise. */
  readonly hint?: string | undefined;
  /** Class of the guest's exception. */
  readonly name?: string | undefined;
  /** The guest's stack, with only the guest's own frames. */
  readonly stack?: string | undefined;
  /** Line of the guest's code, from 1. */
  readonly line?: number | undefined;
  /** Whether guest code ran. `no` means safe to retry. */
  readonly ran: Ran;
  /** Milliseconds after which a retry makes sense. */
  readonly retryAfterMs?: number | undefined;
}

/** Facts about a file that the guest left under /workspace and that `collect` matches. */
export interface DeliveredArtifact {
  /** Relative to /workspace. */
  readonly path: string;
  readonly mediaType: string;
  /** Size of the content. */
  readonly bytes: number;
  /** SHA-256 of the content, in hex. */
  readonly sha256: string;
}

/** Such a file, with its content. */
export interface Artifact extends DeliveredArtifact {
  readonly content: Uint8Array;
}

/** An artifact that the request's `artifactSink` did not take, or not completely. */
export interface LostArtifact {
  readonly path: string;
  /** A sentence with the reason. */
  readonly reason: string;
}

/** The cell that ran the job. */
export interface SandboxInfo {
  readonly backend: BackendName;
  readonly isolation: 'fresh' | 'tenant';
  /** `v8` for an isolate; the OCI runtime (`runc`, `runsc`, …) for a container. */
  readonly runtime: string;
  /** Digest of the container's image. */
  readonly image?: string | undefined;
  /** Whether the cell was ready before the call arrived. */
  readonly warm: boolean;
}

/** The tool that was called. */
export interface ToolReference {
  readonly name: string;
  readonly version: string;
  readonly callId: string;
}

/** One call of a host function. Its input and answer are not recorded; `run` can log them. */
export interface ToolCallRecord {
  readonly tool: string;
  /** Time at the host in milliseconds, including `approve` and `run`. */
  readonly ms: number;
  /** Absent if the call succeeded. */
  readonly error?: ToolErrorCode | undefined;
}

/** The matches of one rule in one place; never the secret itself. */
export interface Redaction {
  /** `secret:NAME` for a secret of the request, else the name of the pattern rule. */
  readonly rule: string;
  readonly count: number;
  /**
   * `stdout`, `stderr`, `value`, `error`, `artifact`, `artifact-path`, `display`, `progress`, `network`, `tool-input` or
   * `tool-answer`.
   */
  readonly where: string;
}

/** What the job used. Times are in milliseconds. */
export interface Usage {
  /** Wall time of the guest's run. */
  readonly wallMs: number;
  /** Processor time of the guest. */
  readonly cpuMs: number;
  /** Peak memory, counted as for `limits.memoryMb`; excludes an interpreter in WebAssembly itself. */
  readonly peakMemoryBytes: number;
  /** Bytes that the guest wrote, before cutting and redaction. */
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /** The part of `wallMs` during which at least one host function was running. Not included in `cpuMs`. */
  readonly hostMs: number;
  /** Calls of host functions, including refused ones. */
  readonly toolCalls: number;
}

/** Times of the phases, in milliseconds: waiting for a place, getting a cell, running, building the result. */
export interface Timings {
  readonly queuedMs: number;
  readonly acquireMs: number;
  readonly runMs: number;
  readonly settleMs: number;
}

/** Parts left out of a result; 0 means nothing. */
export interface Truncated {
  readonly stdoutBytes: number;
  readonly stderrBytes: number;
  /**
   * Artifacts left out because they (each or in total) were too large, too many, or not regular files, or because the
   * sink did not take them.
   */
  readonly artifacts: number;
  /** Displays left out because they (each or in total) were too large, too many, or incomplete. */
  readonly displays: number;
}

/** The answer to every call. `execute()` and `runSandboxed()` never reject; every outcome is a result. */
export interface ExecutionResult {
  readonly id: string;
  readonly status: ExecutionStatus;
  /** The guest's value; absent if there is none. */
  readonly value?: JsonValue | undefined;
  /** `json`: the value itself. `repr`: its text, because it is not JSON. `none`: there is no value. */
  readonly valueType: 'json' | 'repr' | 'none';
  /** Absent on `success`. */
  readonly error?: ExecutionError | undefined;
  /** Redacted text; cut output keeps its head and tail, with the number of cut bytes between them. */
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: Truncated;
  /** Exit code of the guest's process, if it exited. */
  readonly exitCode?: number | undefined;
  /** Name of the signal that ended the guest's process. */
  readonly signal?: string | undefined;
  readonly artifacts: readonly Artifact[];
  /**
   * Artifacts that the request's `artifactSink` took, which are therefore not among `artifacts`; absent if the request
   * has no sink.
   */
  readonly deliveredArtifacts?: readonly DeliveredArtifact[] | undefined;
  /** Artifacts that the sink did not take, or not completely. This does not change `status` and `error`. */
  readonly lostArtifacts?: readonly LostArtifact[] | undefined;
  /** The guest's displays, in order; see `docs/displays.md`. */
  readonly displays: readonly Display[];
  /** The first 1 000 calls of host functions, in the order of their ends; `usage.toolCalls` counts all. */
  readonly toolCalls: readonly ToolCallRecord[];
  /** Each connection and refusal; absent if the job had no network. */
  readonly network?: NetworkUse | undefined;
  readonly usage: Usage;
  readonly timings: Timings;
  /** The limits that were applied. */
  readonly limits: Limits;
  readonly redactions: readonly Redaction[];
  /** Absent if no cell was made. */
  readonly sandbox?: SandboxInfo | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly tenant: string;
  readonly tool?: ToolReference | undefined;
  /** Present if the call was one of a session. */
  readonly session?: SessionInfo | undefined;
}

const count = z.number().int().min(0);
const milliseconds = z.number().min(0);

/** Checks a {@link SandboxInfo}. */
export const sandboxSchema: z.ZodType<SandboxInfo> = z.strictObject({
  backend: z.enum(backendNames),
  isolation: z.enum(['fresh', 'tenant']),
  runtime: z.string(),
  image: z.string().optional(),
  warm: z.boolean(),
} satisfies ShapeOf<SandboxInfo>);

const deliveredShape = {
  path: z.string(),
  mediaType: z.string(),
  bytes: count,
  sha256: z.string(),
} satisfies ShapeOf<DeliveredArtifact>;

const errorSchema = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
  hint: z.string().optional(),
  name: z.string().optional(),
  stack: z.string().optional(),
  line: z.number().int().optional(),
  ran: z.enum(['no', 'yes', 'unknown']),
  retryAfterMs: milliseconds.optional(),
} satisfies ShapeOf<ExecutionError>);

const truncatedSchema = z.strictObject({
  stdoutBytes: count,
  stderrBytes: count,
  artifacts: count,
  displays: count,
} satisfies ShapeOf<Truncated>);

const toolCallSchema = z.strictObject({
  tool: z.string(),
  ms: milliseconds,
  error: z.enum(toolErrorCodes).optional(),
} satisfies ShapeOf<ToolCallRecord>);

const usageSchema = z.strictObject({
  wallMs: milliseconds,
  cpuMs: milliseconds,
  peakMemoryBytes: z.number().min(0),
  stdoutBytes: count,
  stderrBytes: count,
  hostMs: milliseconds,
  toolCalls: count,
} satisfies ShapeOf<Usage>);

const timingsSchema = z.strictObject({
  queuedMs: milliseconds,
  acquireMs: milliseconds,
  runMs: milliseconds,
  settleMs: milliseconds,
} satisfies ShapeOf<Timings>);

/** Checks an {@link ExecutionResult}. JSON has the form of `contract/wire` instead. */
export const executionResultSchema: z.ZodType<ExecutionResult> = z.strictObject({
  id: z.string(),
  status: z.enum(statuses),
  value: jsonValueSchema.optional(),
  valueType: z.enum(['json', 'repr', 'none']),
  error: errorSchema.optional(),
  stdout: z.string(),
  stderr: z.string(),
  truncated: truncatedSchema,
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
  artifacts: z.array(z.strictObject({ ...deliveredShape, content: bytesSchema } satisfies ShapeOf<Artifact>)),
  deliveredArtifacts: z.array(z.strictObject(deliveredShape)).optional(),
  lostArtifacts: z
    .array(z.strictObject({ path: z.string(), reason: z.string() } satisfies ShapeOf<LostArtifact>))
    .optional(),
  displays: z.array(displaySchema),
  toolCalls: z.array(toolCallSchema),
  network: networkUseSchema.optional(),
  usage: usageSchema,
  timings: timingsSchema,
  limits: limitsSchema,
  redactions: z.array(z.strictObject({ rule: z.string(), count, where: z.string() } satisfies ShapeOf<Redaction>)),
  sandbox: sandboxSchema.optional(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  tenant: z.string(),
  tool: z
    .strictObject({ name: z.string(), version: z.string(), callId: z.string() } satisfies ShapeOf<ToolReference>)
    .optional(),
  session: sessionInfoSchema.optional(),
} satisfies ShapeOf<ExecutionResult>);
