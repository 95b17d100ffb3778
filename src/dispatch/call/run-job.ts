import { converse, type OutputSinks } from '../../cells/conversation/conversation.ts';
import type { Emit } from '../../contract/api/events.ts';
import type { ExecutionResult } from '../../contract/api/result.ts';
import type { Job } from '../../contract/spi/job.ts';
import { injectedSecrets } from '../../redaction/injected-secrets.ts';
import { createRedactor, type RedactionOptions } from '../../redaction/redactor.ts';
import type { EventHub } from '../../support/event-hub.ts';
import { ArtifactReader } from '../artifacts/artifact-reader.ts';
import { HostFunctionCalls } from '../host-functions/host-function-calls.ts';
import { JobOutput } from '../output/job-output.ts';
import type { CallRecord } from '../request/call-record.ts';
import { buildResult } from './build-result.ts';
import { idsOf, leased, lost, reportingTools } from './call-events.ts';
import type { CellSource } from './cell-source.ts';
import { JobConnections, type OpenBroker } from './job-connections.ts';

/** Settings that all jobs of an engine share. */
export interface JobSettings {
  readonly openBroker: OpenBroker;
  readonly redaction: RedactionOptions;
  readonly events: EventHub;
}

/** Runs a job in a cell of `source`, from its place in the queue to its result. `call` records the stages. */
export async function runJob(
  job: Job,
  source: CellSource,
  call: CallRecord,
  emit: Emit | undefined,
  { events, openBroker, redaction }: JobSettings,
): Promise<ExecutionResult> {
  const backend = source.backend.name;
  events.emit?.({ type: 'call.queued', ...idsOf(call), backend });
  emit?.({ type: 'queued', id: job.id, at: new Date().toISOString() });
  using _place = await source.enter(job);
  call.mark('admitted');
  events.emit?.({ type: 'call.admitted', ...idsOf(call), backend, queuedMs: call.timings().queuedMs });

  const taken = source.take(job);
  await using cell = taken instanceof Promise ? await taken : taken;
  call.mark('acquired');
  call.sandbox = cell.sandbox;
  if (!job.session) events.emit?.(leased(call, cell));
  events.emit?.({ type: 'call.started', ...idsOf(call), backend, cellId: cell.id });
  emit?.({ type: 'started', id: job.id, at: new Date().toISOString(), sandbox: cell.sandbox });

  const secrets = { ...job.secrets, ...injectedSecrets(job.network?.inject ?? []) };
  const redactor = createRedactor(secrets, redaction);
  const output = new JobOutput(job, redactor, emit);
  const calls =
    job.tools.size > 0 ? new HostFunctionCalls(job, redactor, reportingTools(events, call, job, emit)) : undefined;
  let artifacts: ArtifactReader | undefined;
  await using network = job.network && new JobConnections(openBroker(job.network), job.network, redactor);
  const sinks: OutputSinks = {
    stdout: (chunk) => output.stdout(chunk),
    stderr: (chunk) => output.stderr(chunk),
    display: (piece) => output.display(piece),
    progress: (message) => output.progress(message),
    artifacts(chunks) {
      artifacts = new ArtifactReader(job, redactor);
      artifacts.read(chunks);
    },
  };
  const end = await converse(cell, job, sinks, { tools: calls, network });
  call.mark('ran');
  if (end.end) events.emit?.(lost(call, cell, end.end));
  call.sessionState = source.keep(end) ? 'kept' : 'lost';

  return await buildResult(call, job, end, { output, calls, network, artifacts }, redactor);
}
