import { knownDiskBytes } from '../../cells/conversation/job-files.ts';
import { HotcellError } from '../../contract/api/errors.ts';
import type { Limits } from '../../contract/api/limits.ts';
import type { NetworkLimits } from '../../contract/api/network-limits.ts';
import type { Job, JobFile } from '../../contract/spi/job.ts';
import type { CallRecord } from './call-record.ts';
import { clampLimits, clampNetwork } from './clamp.ts';
import type { ValidRequest } from './validate.ts';

/** Limits that no job exceeds. */
export interface JobCeilings {
  readonly limits: Limits;
  /** Absent if no job may have a network. */
  readonly network: NetworkLimits | undefined;
}

/**
 * Makes the job of a valid request: limits clamped, texts as bytes, nothing left that could change. The record keeps
 * it.
 * @throws {HotcellError} `INVALID_REQUEST` if the files do not fit the job's disk (streams are measured as they
 * arrive); `PERMISSION_DENIED` if it asks for a network and no job can have one, or names another tenant than its
 * context.
 */
export function makeJob(call: CallRecord, valid: ValidRequest, ceilings: JobCeilings, signal: AbortSignal): Job {
  const { files: given, limits: asked, network, inputs: _inputs, ...rest } = valid;
  checkTenant(call, valid);
  const limits = clampLimits(asked, ceilings.limits);
  const files = Object.entries(given).map(([path, content]) => ({
    path,
    content: typeof content === 'string' ? Buffer.from(content) : content,
  }));
  const job: Job = Object.freeze({
    ...rest,
    // Editors write a byte order mark, and only some languages take it for nothing.
    code: rest.code.replace(/^\uFEFF/u, ''),
    tenant: call.context.tenant,
    tools: new Map(Object.entries(valid.tools)),
    id: call.id,
    stdin: valid.stdin,
    files,
    limits,
    network: ceilings.network && clampNetwork(network, ceilings.network),
    // Only containers have images.
    backend: valid.backend ?? (valid.image && 'docker'),
    image: valid.image,
    signal,
    tool: call.tool,
    session: call.session,
  });
  call.job = job;
  checkDisk(files, limits);
  if (network !== 'none' && !ceilings.network) {
    throw new HotcellError(
      'PERMISSION_DENIED',
      'The request asks for a network, but this engine gives no job a network.',
    );
  }
  return job;
}

function checkTenant({ context }: CallRecord, { tenant }: ValidRequest): void {
  if (tenant === undefined || tenant === context.tenant) return;
  const message = 'The request names another tenant than its context. Leave the tenant of the request out.';
  throw new HotcellError('PERMISSION_DENIED', message);
}

function checkDisk(files: readonly JobFile[], { diskMb }: Limits): void {
  const bytes = knownDiskBytes(files);
  if (bytes <= diskMb * 1_048_576) return;
  const message = `The request is invalid: its files need ${bytes} bytes of disk, and limits.diskMb is ${diskMb}. Raise the limit or send less.`;
  throw new HotcellError('INVALID_REQUEST', message);
}
