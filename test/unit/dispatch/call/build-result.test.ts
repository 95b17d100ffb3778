import { expect, test } from 'vitest';
import { buildResult } from '../../../../src/dispatch/call/build-result.ts';
import { JobOutput } from '../../../../src/dispatch/output/job-output.ts';
import { CallRecord } from '../../../../src/dispatch/request/call-record.ts';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { jobOf } from '../../../support/scripted-cell.ts';

test.each([
  ['MEMORY_LIMIT', 256 * 1_048_576],
  ['CELL_LOST', 0],
] as const)('a cell that ended without a verdict by %s held at least %i bytes', async (code, peakMemoryBytes) => {
  const call = new CallRecord({ tenant: 'default', traceId: '0'.repeat(32), signal: new AbortController().signal });
  const job = jobOf({ limits: { ...jobOf({}).limits, memoryMb: 256 } });
  call.job = job;
  const redactor = createRedactor({}, {});
  const end = { code, message: 'The container is gone.', ran: 'yes' } as const;
  const result = await buildResult(
    call,
    job,
    { verdict: undefined, end, stopped: undefined, refusal: undefined, value: undefined },
    { output: new JobOutput(job, redactor, undefined), calls: undefined, network: undefined, artifacts: undefined },
    redactor,
  );
  expect(result).toMatchObject({ error: { code }, usage: { peakMemoryBytes } });
});
