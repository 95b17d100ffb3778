import type { CallIds, UndatedEvent } from '../../contract/api/engine-events.ts';
import type { Emit } from '../../contract/api/events.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import type { Cell, CellEnd } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { traceIds } from '../../support/ids.ts';
import type { CallRecord } from '../request/call-record.ts';

/** The ids of the call that an event belongs to. */
export function idsOf({ id, job, context, tool, session }: CallRecord): CallIds {
  return {
    callId: id,
    tenant: job?.tenant ?? context.tenant,
    ...traceIds(context),
    // A tool without a version does not exist, and its name is the caller's own text.
    ...(tool && { tool: tool.version === '' ? '' : tool.name }),
    ...(session && { sessionId: session.id, sessionAction: session.action }),
  };
}

/** Event: a request became a job. */
export function validated(call: CallRecord, job: Job): UndatedEvent {
  return {
    type: 'call.validated',
    ...idsOf(call),
    language: job.language,
    codeBytes: Buffer.byteLength(job.code),
    files: job.files.length,
    hostTools: job.tools.size,
    hasNetwork: job.network !== undefined,
  };
}

/** Event: a call has its cell. */
export function leased(call: CallRecord, { sandbox, id }: Cell): UndatedEvent {
  const { acquireMs } = call.timings();
  return { type: 'call.leased', ...idsOf(call), ...sandbox, ...(id !== undefined && { cellId: id }), acquireMs };
}

/** Event: the cell of a call ended before its job did. */
export function lost(call: CallRecord, { sandbox, id }: Cell, { code }: CellEnd): UndatedEvent {
  const { backend } = sandbox;
  return { type: 'cell.lost', ...idsOf(call), backend, ...(id !== undefined && { cellId: id }), code };
}

/** Event: hotcell itself failed during a call. */
export function failed(call: CallRecord, error: unknown): UndatedEvent {
  return { type: 'engine.fault', ...idsOf(call), message: 'a call failed inside hotcell', error };
}

/** Passes the caller's events on, and reports the host functions of a call to the engine's listeners. */
export function reportingTools(hub: EventHub, call: CallRecord, job: Job, emit: Emit | undefined): Emit | undefined {
  if (!hub.emit) return emit;
  // The name of a tool that the request does not have is the guest's own text.
  const known = (tool: string): string => (job.tools.has(tool) ? tool : '');
  return (event) => {
    emit?.(event);
    if (event.type === 'tool-started') {
      hub.emit?.({ type: 'tool.called', ...idsOf(call), call: event.call, hostFunction: known(event.tool) });
    } else if (event.type === 'tool-finished') {
      const { call: number, tool, ms, error } = event;
      const ended = { call: number, hostFunction: known(tool), ms, ...(error && { error }) };
      hub.emit?.({ type: 'tool.ended', ...idsOf(call), ...ended });
    }
  };
}

/** Reports the connections, the artifacts and the end of a call, from its result. */
export function reportEnd({ emit }: EventHub, call: CallRecord, result: ExecutionResult): void {
  if (!emit) return;
  const ids = idsOf(call);
  for (const { host, port, bytesIn, bytesOut, ms, outcome } of result.network?.connections ?? []) {
    emit({ type: 'network.connection', ...ids, host, port, bytesIn, bytesOut, ms, outcome });
  }
  const { artifacts, deliveredArtifacts = [], lostArtifacts = [], error, sandbox, exitCode, signal } = result;
  for (const { mediaType, bytes } of artifacts) {
    emit({ type: 'artifact.collected', ...ids, mediaType, bytes, isDelivered: false });
  }
  for (const { mediaType, bytes } of deliveredArtifacts) {
    emit({ type: 'artifact.collected', ...ids, mediaType, bytes, isDelivered: true });
  }
  emit({
    type: 'call.ended',
    ...ids,
    status: result.status,
    ...(error && { code: error.code, ran: error.ran }),
    ...(error?.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
    ...(sandbox && { backend: sandbox.backend, isWarm: sandbox.warm }),
    ...(exitCode !== undefined && { exitCode }),
    ...(signal !== undefined && { signal }),
    usage: result.usage,
    timings: result.timings,
    artifacts: artifacts.length + deliveredArtifacts.length,
    lostArtifacts: lostArtifacts.length,
    displays: result.displays.length,
    redactions: result.redactions.reduce((sum, { count }) => sum + count, 0),
  });
}
