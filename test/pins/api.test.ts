import * as hotcell from 'hotcell';
import { expect, test } from 'vitest';

test('the exports of the package', () => {
  expect(Object.keys(hotcell).sort()).toEqual([
    'HotcellError',
    'createEngine',
    'decodeEvent',
    'decodeRequest',
    'decodeResult',
    'defaultCeilings',
    'defaultLimits',
    'defaultNetworkCeilings',
    'defaultNetworkLimits',
    'defineTool',
    'describeTools',
    'encodeEvent',
    'encodeRequest',
    'encodeResult',
    'engineEventTypes',
    'errorCodes',
    'errorTable',
    'executionEventSchema',
    'executionRequestSchema',
    'executionResultSchema',
    'hostFunction',
    'languages',
    'parseWireText',
    'runSandboxed',
    'statuses',
    'toolErrorTable',
    'unwrap',
    'wireEventSchema',
    'wireRequestSchema',
    'wireResultSchema',
  ]);
});

test('the error table: code, status, HTTP status, exit code, ran', () => {
  const rows = Object.entries(hotcell.errorTable).map(([code, { status, http, exit, ran }]) =>
    [code, status, http, exit, ran].join(' '),
  );
  expect(rows).toEqual([
    'INVALID_REQUEST validation_error 400 2 no',
    'INVALID_OPTIONS validation_error 400 2 no',
    'UNKNOWN_TOOL validation_error 404 2 no',
    'INVALID_ARGUMENTS validation_error 400 2 no',
    'GUEST_ERROR error 422 1 yes',
    'NONZERO_EXIT error 422 1 yes',
    'GUEST_SIGNALLED error 422 1 yes',
    'NO_ANSWER error 422 1 yes',
    'UNSETTLED error 422 1 yes',
    'INVALID_ANSWER error 422 1 yes',
    'WALL_TIMEOUT timeout 408 124 yes',
    'CPU_TIMEOUT timeout 408 124 yes',
    'MEMORY_LIMIT memory_limit 422 137 yes',
    'OUTPUT_LIMIT output_limit 422 125 yes',
    'VALUE_LIMIT output_limit 422 125 yes',
    'CANCELLED cancelled 499 130 yes',
    'CANCELLED_BEFORE_START cancelled 499 130 no',
    'PERMISSION_DENIED permission_denied 403 77 no',
    'RATE_LIMITED rate_limited 429 75 no',
    'QUEUE_FULL unavailable 503 75 no',
    'QUEUE_TIMEOUT unavailable 503 75 no',
    'BACKEND_UNAVAILABLE unavailable 503 69 no',
    'ENGINE_CLOSED unavailable 503 69 no',
    'SESSION_ENDED unavailable 410 69 no',
    'SESSION_LIMIT rate_limited 429 75 no',
    'CELL_LOST internal_error 500 70 unknown',
    'PROTOCOL_VIOLATION internal_error 500 70 unknown',
    'INTERNAL_ERROR internal_error 500 70 unknown',
  ]);
  expect(Object.keys(hotcell.errorTable)).toEqual(hotcell.errorCodes);
});

test('limits: defaults and ceilings', () => {
  expect(hotcell.defaultLimits).toEqual({
    timeoutMs: 30_000,
    cpuMs: 30_000,
    memoryMb: 256,
    processes: 64,
    diskMb: 64,
    fileMb: 10,
    outputKb: 1_024,
    valueKb: 1_024,
    openFiles: 256,
    toolCalls: 1_000,
  });
  expect(hotcell.defaultCeilings).toEqual({
    timeoutMs: 300_000,
    cpuMs: 300_000,
    memoryMb: 1_024,
    processes: 256,
    diskMb: 512,
    fileMb: 128,
    outputKb: 16_384,
    valueKb: 16_384,
    openFiles: 1_024,
    toolCalls: 10_000,
  });
});
