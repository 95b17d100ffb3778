import { describe, expect, test } from 'vitest';
import { defaultLimits } from '../../../src/contract/api/limits.ts';
import type { ExecutionResult } from '../../../src/contract/api/result.ts';
import { assessProbe, type Forbidden } from '../../../src/self-test/assess-probe.ts';
import { assessHostProcesses, type ProcessRights } from '../../../src/self-test/check-host-processes.ts';
import type { Probe } from '../../../src/self-test/probe.ts';

const probe: Probe = { name: 'door', language: 'python', holds: 'the door is shut', remedy: 'Shut it.', code: '' };
const none: Forbidden = {};

function result(rest: Partial<ExecutionResult> = {}): ExecutionResult {
  return {
    id: 'x',
    status: 'success',
    valueType: 'none',
    stdout: 'TRIED\n',
    stderr: '',
    truncated: { stdoutBytes: 0, stderrBytes: 0, artifacts: 0, displays: 0 },
    artifacts: [],
    displays: [],
    toolCalls: [],
    usage: { wallMs: 1, cpuMs: 1, peakMemoryBytes: 1, stdoutBytes: 6, stderrBytes: 0, hostMs: 0, toolCalls: 0 },
    timings: { queuedMs: 0, acquireMs: 0, runMs: 0, settleMs: 0 },
    limits: defaultLimits,
    redactions: [],
    startedAt: '',
    finishedAt: '',
    tenant: 't',
    ...rest,
  };
}

describe('a probe is assessed as', () => {
  test('ok if it was tried and nothing got through', () => {
    expect(assessProbe(probe, result(), none)).toEqual({
      name: 'python: door',
      verdict: 'ok',
      detail: 'the door is shut',
    });
  });

  test('fail with each breach once, and the remedy', () => {
    const stdout = 'BREACH a\nBREACH b\nBREACH a\nTRIED\n';
    expect(assessProbe(probe, result({ stdout, stderr: 'BREACH c\nBREACH d\n' }), none)).toEqual({
      name: 'python: door',
      verdict: 'fail',
      detail: 'NOT HELD: a; b; c; and 1 more',
      remedy: 'Shut it.',
    });
  });

  test("warn if the breach is harmless in the runtime's own kernel, and only then", () => {
    const device: Probe = { ...probe, harmlessInOwnKernel: /^a device$/ };
    const stdout = 'BREACH a device\nTRIED\n';
    const sandbox = { backend: 'docker', isolation: 'fresh', warm: false } as const;
    const inside = (said: string, runtime: string) =>
      assessProbe(device, result({ stdout: said, sandbox: { ...sandbox, runtime } }), none);
    expect(inside(stdout, 'runsc')).toEqual({
      name: 'python: door',
      verdict: 'warn',
      detail: 'held, except for what runsc allows inside its own kernel: a device',
      remedy: 'See docs/threat-model.md for what hotcell does not prevent with runsc.',
    });
    expect(inside(stdout, 'runc').verdict).toBe('fail');
    expect(inside(`${stdout}BREACH more\n`, 'runsc').detail).toBe('NOT HELD: more');
  });

  test('fail if the job has a wrong end, or a value that is not its own', () => {
    const error = { code: 'CELL_LOST', message: 'It died.', ran: 'unknown' } as const;
    const limited: Probe = { ...probe, ends: 'memory_limit' };
    expect(assessProbe(limited, result(), none).detail).toBe('NOT HELD: the job ended as success, not as memory_limit');
    expect(assessProbe(probe, result({ status: 'internal_error', error }), none).detail).toBe(
      'NOT HELD: the job ended as internal_error, not as success: It died.',
    );
    const honest: Probe = { ...probe, value: 'honest' };
    expect(assessProbe(honest, result({ value: 'honest', valueType: 'json' }), none).verdict).toBe('ok');
    expect(assessProbe(honest, result({ value: 'forged', valueType: 'json' }), none).verdict).toBe('fail');
    expect(assessProbe(honest, result(), none).verdict).toBe('fail');
  });

  const token = 'aB+3?d&f';
  const bytes = Buffer.from(`x${token}`).subarray(1);
  const artifact = { path: 'a', mediaType: '', bytes: 1, sha256: '', content: Buffer.from(`\u00ff ${token}`) };
  test.each<[string, Partial<ExecutionResult>]>([
    ['stdout', { stdout: `TRIED\n${token}` }],
    ['stderr, in upper case', { stderr: token.toUpperCase() }],
    ['the value, as base64', { value: [bytes.toString('base64')] }],
    ['the name of a member, as hex', { value: { [bytes.toString('hex').toUpperCase()]: 1 } }],
    ['the error', { error: { code: 'GUEST_ERROR', message: encodeAll(token), ran: 'yes' } }],
    ['an artifact', { artifacts: [artifact] }],
    ['the name of an artifact', { artifacts: [{ ...artifact, path: token, content: Buffer.alloc(0) }] }],
  ])('fail where a token comes out in %s', (_, rest) => {
    const { verdict, detail } = assessProbe(probe, result(rest), { 'the token': token });
    expect([verdict, detail]).toEqual(['fail', 'NOT HELD: the token leaked']);
    expect(JSON.stringify(detail)).not.toContain(token);
  });

  test('warn, with a remedy, if it never ran or never reached its attack', () => {
    const error = { code: 'BACKEND_UNAVAILABLE', message: 'No engine.', ran: 'no' } as const;
    expect(assessProbe(probe, result({ status: 'unavailable', stdout: '', error }), none)).toEqual({
      name: 'python: door',
      verdict: 'warn',
      detail: 'could not run: No engine.',
      remedy: 'Run "hotcell doctor" to see what python needs.',
    });
    expect(assessProbe(probe, result({ stdout: 'not TRIED' }), none).verdict).toBe('warn');
  });

  test('ok or fail by the kernel of the guest', () => {
    const kernel: Probe = { ...probe, sharedKernel: true };
    const sandbox = { backend: 'docker', isolation: 'fresh', warm: false } as const;
    const stdout = 'BREACH user namespace\nTRIED\n';
    expect(assessProbe(kernel, result({ stdout, sandbox: { ...sandbox, runtime: 'runsc' } }), none).verdict).toBe('ok');
    expect(assessProbe(kernel, result({ stdout, sandbox: { ...sandbox, runtime: 'runc' } }), none).verdict).toBe(
      'fail',
    );
  });
});

describe('host processes are assessed as', () => {
  const held: ProcessRights = {
    commandLine: 'node\0--permission\0--allow-addons\0main.js\0',
    environment: '',
    effectiveUid: 65_534,
    capabilities: 0n,
  };
  test.each<[string, Partial<ProcessRights>, number, string]>([
    ['held under root', {}, 0, 'ok'],
    ['held under another user', { effectiveUid: 1_000 }, 1_000, 'ok'],
    ['as root', { effectiveUid: 0 }, 0, 'fail'],
    ['with a capability', { capabilities: 1n }, 0, 'fail'],
    ['with an environment', { environment: 'PATH=/' }, 0, 'fail'],
    ['without the permission model', { commandLine: 'node\0main.js\0' }, 0, 'fail'],
    ['with a right to write', { commandLine: 'node\0--permission\0--allow-fs-write=/\0main.js\0' }, 0, 'fail'],
  ])('%s', (_, rest, ownUid, verdict) => {
    expect(assessHostProcesses([held, { ...held, ...rest }], ownUid).verdict).toBe(verdict);
  });

  test('warn if none can be seen', () => {
    expect(assessHostProcesses([], 0).verdict).toBe('warn');
  });
});

function encodeAll(text: string): string {
  return Buffer.from(text).toString('hex').replaceAll(/../g, '%$&');
}
