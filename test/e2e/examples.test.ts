import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const run = promisify(execFile);

/** The whole output of each example. */
const outputs: Readonly<Record<string, string>> = {
  'agent-chart.ts': [
    "success { total: 540, best: 'Apr' }",
    '4 months read',
    'output/chart.svg: image/svg+xml, 459 bytes',
    '',
  ].join('\n'),
  'agent-tools.ts': [
    'true',
    'success 19786 11 calls',
    '6 pages read',
    'PERMISSION_DENIED The call of tool "rate" was refused: nobody here pays in XAU',
    '',
  ].join('\n'),
  'large-files.ts': [
    'success { s0: 4875000, s1: 4875000, s2: 4875000, s3: 4875000 }',
    ...['s0', 's1', 's2', 's3'].map((station) => `output/${station}.txt text/plain 687500`),
    'on the disk: 2750000',
    '',
  ].join('\n'),
  'displays.ts': ['100 % reading Mar', '1 image/svg+xml 198', '2 text/html 111', '2 text/plain 20', ''].join('\n'),
  'allowed-addresses.ts': [
    'success 63 2 connections',
    'The network of this job does not allow 192.0.2.1, port 80.',
    '0',
    '[',
    "  '192.0.2.1 refused: The network of this job does not allow 192.0.2.1, port 80.'",
    ']',
    '',
  ].join('\n'),
  'session.ts': 'Mar 2\ntimeout kept\noutput/total.txt 358\n',
  'third-party-tool.ts': [
    'success { totalCents: 810 } signing with [redacted:SIGNING_KEY]',
    'validation_error The arguments of tool "price" are invalid: items.0.cents: expected number, received string.',
    'validation_error UNKNOWN_TOOL',
    '',
  ].join('\n'),
  'bash-pipeline.ts': "failures by path: { '/b': 2, '/c': 1 }\n",
};

test.each(readdirSync(new URL('../../examples', import.meta.url)))(
  'examples/%s runs and prints what it promises',
  async (name) => {
    const { stdout, stderr } = await run(process.execPath, [`examples/${name}`], { cwd: root, timeout: 60_000 });
    expect({ stdout, stderr }).toEqual({ stdout: outputs[name], stderr: '' });
  },
);
