import { cellKinds, engineKinds } from '../../cells/protocol/frame-codec.ts';
import type { JobMessage, Verdict } from '../../cells/protocol/messages.ts';
import { defaultLimits } from '../../contract/api/limits.ts';
import type { Job } from '../../contract/spi/job.ts';
import { whenAborted } from '../../support/when-aborted.ts';
import { probeJobId } from './protocol.ts';
import type { RunningJob } from './running-job.ts';

/** A job that shows whether a host works. */
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
  // Its memory counts in the host pool's budget while it runs, and must not displace waiting hosts.
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

/** Result of {@link runReadinessProbe} if the host works. */
export const probeAnswer = '42';

/**
 * Runs {@link probeJob} on its own port. Returns the value, or a text about how else it ended. After that, a waiting
 * host has loaded and compiled the code of a job's whole path.
 * @throws {Error} if the host dies; `signal.reason` once `signal` is aborted.
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
