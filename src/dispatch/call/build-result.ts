import type { ConversationEnd } from '../../cells/conversation/conversation.ts';
import { errorTable, HotcellError } from '../../contract/api/errors.ts';
import type { Limits } from '../../contract/api/limits.ts';
import type { ExecutionError, ExecutionResult } from '../../contract/api/result.ts';
import type { JobSession, SessionInfo } from '../../contract/api/session-info.ts';
import { parseJson } from '../../contract/schema/json-text.ts';
import { textOfThrown } from '../../contract/schema/thrown.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { Redactor } from '../../redaction/redactor.ts';
import { roundMs } from '../../support/round-ms.ts';
import type { ArtifactReader, CollectedArtifacts } from '../artifacts/artifact-reader.ts';
import { findHint } from '../hints/find-hint.ts';
import type { HostFunctionCalls, HostFunctionUse } from '../host-functions/host-function-calls.ts';
import type { JobOutput } from '../output/job-output.ts';
import type { CallRecord } from '../request/call-record.ts';
import { clampLimits } from '../request/clamp.ts';
import { classifyOutcome, type Failure } from './classify-outcome.ts';
import type { JobConnections } from './job-connections.ts';

/** The recorders of a running job. */
export interface JobRecorders {
  readonly output: JobOutput;
  readonly calls: HostFunctionCalls | undefined;
  readonly network: JobConnections | undefined;
  readonly artifacts: ArtifactReader | undefined;
}

/** Failures that a mistake in the code can bring about. */
const hinted: ReadonlySet<Failure['code']> = new Set(['GUEST_ERROR', 'NONZERO_EXIT', 'MEMORY_LIMIT']);

// Made for each result, because a caller may change the lists of one result.
const noHostUse = (): HostFunctionUse => ({ toolCalls: [], count: 0, hostMs: 0 });
const noArtifacts = (): CollectedArtifacts => ({
  artifacts: [],
  delivered: [],
  dropped: 0,
  lost: [],
  violation: undefined,
});

/** Builds the result of a job. Everything that the cell sent is checked and redacted before. */
export async function buildResult(
  call: CallRecord,
  job: Job,
  end: ConversationEnd,
  { output, calls, network, artifacts: reader }: JobRecorders,
  redactor: Redactor,
): Promise<ExecutionResult> {
  const { verdict } = end;
  const { stdout, stderr, displayed } = output.finish();
  let failure = classifyOutcome(end, job, call.sessionState, stderr.text);
  const { toolCalls, ...hostUse } = calls?.finish() ?? noHostUse();
  const connections = await network?.finish();
  const value = readValue(end, redactor);

  const { artifacts, delivered, dropped, lost, violation } = (await reader?.finish()) ?? noArtifacts();
  if (violation !== undefined) {
    failure ??= { code: 'PROTOCOL_VIOLATION', message: `The artifacts are unreadable: ${violation}`, ran: 'yes' };
  }

  const timings = call.timings();
  return {
    ...identity(call, job.limits),
    status: failure ? errorTable[failure.code].status : 'success',
    ...value,
    ...(failure && { error: describeFailure(failure, redactor, call, job, stderr.text) }),
    stdout: stdout.text,
    stderr: stderr.text,
    truncated: {
      stdoutBytes: stdout.cutBytes,
      stderrBytes: stderr.cutBytes,
      artifacts: dropped + lost.length + (verdict?.droppedArtifacts ?? 0),
      displays: displayed.dropped + (verdict?.droppedDisplays ?? 0),
    },
    ...(verdict?.exitCode !== undefined && { exitCode: verdict.exitCode }),
    ...(verdict?.signal !== undefined && { signal: verdict.signal }),
    artifacts,
    ...(job.artifactSink && { deliveredArtifacts: delivered, lostArtifacts: lost }),
    displays: displayed.displays,
    toolCalls,
    ...(connections && { network: connections.use }),
    usage: {
      wallMs: roundMs(verdict?.usage.wallMs ?? timings.runMs),
      cpuMs: roundMs(verdict?.usage.cpuMs ?? 0),
      peakMemoryBytes: verdict?.usage.peakMemoryBytes ?? leastPeakBytes(end, job.limits),
      stdoutBytes: stdout.bytes,
      stderrBytes: stderr.bytes,
      hostMs: hostUse.hostMs,
      toolCalls: hostUse.count,
    },
    timings,
    redactions: [...redactor.redactions, ...(connections?.redactions ?? [])],
    finishedAt: new Date().toISOString(),
  };
}

/** Lower bound of a job's memory if its cell ended without a verdict: the job's limit if it was exceeded, else 0. */
function leastPeakBytes({ end }: ConversationEnd, { memoryMb }: Limits): number {
  return end?.code === 'MEMORY_LIMIT' ? memoryMb * 1_048_576 : 0;
}

/** The result of a call that never had a cell, or that failed inside hotcell. */
export function buildRefusal(call: CallRecord, error: unknown, ceilings: Limits): ExecutionResult {
  const known = error instanceof HotcellError ? error : undefined;
  const code = known?.code ?? 'INTERNAL_ERROR';
  const message = known?.message ?? `hotcell failed: ${textOfThrown(error)}`;
  return {
    ...identity(call, call.job?.limits ?? clampLimits({}, ceilings)),
    status: errorTable[code].status,
    valueType: 'none',
    error: {
      code,
      message,
      ran: call.started ? 'unknown' : (known?.ran ?? 'no'),
      ...(known?.retryAfterMs !== undefined && { retryAfterMs: known.retryAfterMs }),
    },
    stdout: '',
    stderr: '',
    truncated: { stdoutBytes: 0, stderrBytes: 0, artifacts: 0, displays: 0 },
    artifacts: [],
    displays: [],
    toolCalls: [],
    usage: {
      wallMs: 0,
      cpuMs: 0,
      peakMemoryBytes: 0,
      stdoutBytes: 0,
      stderrBytes: 0,
      hostMs: 0,
      toolCalls: 0,
    },
    timings: call.timings(),
    redactions: [],
    finishedAt: new Date().toISOString(),
  };
}

function identity(call: CallRecord, limits: Limits): Pick<ExecutionResult, 'id' | 'limits' | 'startedAt' | 'tenant'> {
  return {
    id: call.id,
    limits,
    startedAt: call.startedAt.toISOString(),
    tenant: call.job?.tenant ?? 'default',
    ...(call.sandbox && { sandbox: call.sandbox }),
    ...(call.tool && { tool: call.tool }),
    ...(call.session && { session: sessionInfo(call.session, call.sessionState) }),
  };
}

function sessionInfo({ action: _, ...session }: JobSession, state: SessionInfo['state']): SessionInfo {
  return { ...session, state };
}

function readValue(end: ConversationEnd, redactor: Redactor): Pick<ExecutionResult, 'value' | 'valueType'> {
  const type = end.verdict?.value ?? 'none';
  if (type === 'none' || !end.value) return { valueType: 'none' };
  const text = Buffer.from(end.value.buffer, end.value.byteOffset, end.value.length).toString();
  const parsed = type === 'json' ? parseJson(text) : undefined;
  if (parsed === undefined) return { value: redactor.text('value', text), valueType: 'repr' };
  return { value: redactor.value('value', parsed), valueType: 'json' };
}

/** The failure without secrets, and with a hint if the guest made a frequent mistake. */
function describeFailure(
  failure: Failure,
  redactor: Redactor,
  call: CallRecord,
  job: Job,
  stderr: string,
): ExecutionError {
  const text = (value: string): string => redactor.text('error', value);
  const { name, stack, line } = failure;
  const error: ExecutionError = {
    code: failure.code,
    message: text(failure.message),
    ...(name !== undefined && { name: text(name) }),
    ...(stack !== undefined && { stack: text(stack) }),
    ...(line !== undefined && { line }),
    ran: failure.ran,
  };
  if (!hinted.has(failure.code)) return error;
  const { language, image, code, network } = job;
  const hint = findHint({
    ...error,
    name: error.name ?? (failure.code === 'MEMORY_LIMIT' ? 'MemoryError' : undefined),
    ...{ language, image, code, stderr },
    backend: call.sandbox?.backend,
    hasNetwork: network !== undefined,
  });
  return hint === undefined ? error : { ...error, hint: text(hint) };
}
