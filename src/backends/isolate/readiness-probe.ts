import { cellKinds, engineKinds } from '../../cells/protocol/frame-codec.ts';
import type { JobMessage, Verdict } from '../../cells/protocol/messages.ts';
import { defaultLimits } from '../../contract/api/limits.ts';
import type { Job } from '../../contract/spi/job.ts';
import { whenAborted } from '../../support/when-aborted.ts';
import { probeJobId } from './protocol.ts';
import type { RunningJob } from './running-job.ts';

/** A job that shows whether a host does its work. */
export const probeJob: Job = {
  id: probeJobId,
  tenant: 'hotcell:readiness-probe',
  language: 'javascript',
  mode: 'script',
  code: '6 * 7',
  inputsJson: 'null',
  stdin: undefined,
  files: [],
  collect: [],
  env: {},
  secrets: {},
  // Its memory counts in the host pool's budget while it runs, and is not to push out hosts that wait.
  limits: { ...defaultLimits, timeoutMs: 5_000, cpuMs: 5_000, memoryMb: 8 },
  isolation: 'fresh',
  image: undefined,
  backend: 'isolate',
  signal: undefined,
  tool: undefined,
  session: undefined,
  tools: new Map(),
  network: undefined,
};

/** What {@link runReadinessProbe} brings where all is well. */
export const probeAnswer = '42';

/**
 * Runs {@link probeJob} in a place of its own: the value that came back, or how else it ended. Where a host that waits
 * has done this once, all that a job passes through is loaded and compiled.
 * @throws {Error} where the host dies; `signal.reason` once `signal` is aborted.
 */
export function runReadinessProbe({ port }: RunningJob, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let value = 'nothing';
  whenAborted(signal, () => reject(signal.reason));
  port.listen({
    frame(kind, payload) {
      const text = Buffer.from(payload).toString();
      if (kind === cellKinds.value) value = text;
      if (kind !== cellKinds.verdict) return;
      const { end } = JSON.parse(text) as Verdict;
      resolve(end === 'completed' ? value : end);
    },
    ended: ({ message }) => reject(new Error(message)),
  });
  const { id, language, mode, code, collect, env, limits } = probeJob;
  const message: JobMessage = {
    id,
    language,
    mode,
    code,
    collect,
    env,
    limits,
    files: false,
    stdin: false,
    tools: [],
    network: 0,
  };
  void port.send(engineKinds.job, Buffer.from(JSON.stringify(message)));
  void port.send(engineKinds.inputs, Buffer.from(probeJob.inputsJson));
  return promise;
}
