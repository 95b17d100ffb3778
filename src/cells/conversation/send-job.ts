import type { Cell } from '../../contract/spi/backend.ts';
import type { Job } from '../../contract/spi/job.ts';
import { engineKinds } from '../protocol/frame-codec.ts';
import type { JobMessage } from '../protocol/messages.ts';

/** Tells a cell its job: all of it but files and stdin. Settles when the cell's stream takes more; never rejects. */
export async function sendJob(cell: Pick<Cell, 'send'>, job: Job): Promise<void> {
  const message: JobMessage = {
    id: job.id,
    language: job.language,
    mode: job.mode,
    code: job.code,
    files: job.files.length > 0,
    stdin: job.stdin !== undefined,
    collect: job.collect,
    env: { ...job.env, ...job.secrets },
    limits: job.limits,
    tools: [...job.tools].map(([name, { description }]) => ({ name, description })),
    network: job.network?.limits.openConnections ?? 0,
    ...(job.session && {
      session: { action: job.session.action, call: job.session.call, idleMs: job.session.idleTimeoutMs },
    }),
  };
  void cell.send(engineKinds.job, Buffer.from(JSON.stringify(message)));
  await cell.send(engineKinds.inputs, Buffer.from(job.inputsJson));
}
