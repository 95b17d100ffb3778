import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addRuntime, describeGvisor, registerRuntime } from '../../../../../src/backends/docker/daemon/gvisor.ts';
import { findProgram } from '../../../../../src/backends/docker/daemon/host-packages.ts';

const runtime = { path: '/usr/bin/runsc', runtimeArgs: ['--network=none'] };

describe('a runtime in the settings of the Docker engine', () => {
  test.each(['', ' \n', '{}'])('is added to %j', (settings) => {
    expect(JSON.parse(addRuntime(settings, 'runsc', runtime) ?? '')).toEqual({ runtimes: { runsc: runtime } });
  });

  test('is added beside other settings', () => {
    const settings = { 'data-root': '/data', runtimes: { kata: { path: '/usr/bin/kata' } }, dns: ['10.0.0.1'] };
    expect(JSON.parse(addRuntime(JSON.stringify(settings), 'runsc', runtime) ?? '')).toEqual({
      ...settings,
      runtimes: { ...settings.runtimes, runsc: runtime },
    });
  });

  test('is left unchanged if it is already there, with any settings', () => {
    expect(addRuntime('{"runtimes":{"runsc":{"path":"/opt/runsc"}}}', 'runsc', runtime)).toBeUndefined();
  });

  test.each(['{', '[]', 'null', '{"runtimes":[]}', '// a comment\n{}'])('is not added to %j', (settings) => {
    expect(() => addRuntime(settings, 'runsc', runtime)).toThrow(/^Cannot add a runtime .* Correct the file/s);
  });

  test('a missing file is created, and the first original is kept', async () => {
    await using folder = await mkdtempDisposable(join(tmpdir(), 'hotcell-test-'));
    const made = join(folder.path, 'docker', 'daemon.json');
    expect(await registerRuntime(made, 'runsc', runtime)).toBe(true);
    expect(await registerRuntime(made, 'runsc', runtime)).toBe(false);
    expect(await readdir(join(folder.path, 'docker'))).toEqual(['daemon.json']);

    const kept = join(folder.path, 'daemon.json');
    const original = '{\n  "debug": false }';
    await writeFile(kept, original);
    expect(await registerRuntime(kept, 'runsc', runtime)).toBe(true);
    expect(await registerRuntime(kept, 'other', runtime)).toBe(true);
    expect(JSON.parse(await readFile(kept, 'utf8'))).toEqual({
      debug: false,
      runtimes: { runsc: runtime, other: runtime },
    });
    expect(await readFile(`${kept}.before-hotcell`, 'utf8')).toBe(original);
  });
});

const installed = await findProgram('runsc');
test.skipIf(installed === undefined)('an installed gVisor gets no network', async () => {
  expect(await describeGvisor()).toMatchObject({
    path: installed,
    runtimeArgs: expect.arrayContaining(['--network=none', '--oci-seccomp']) as unknown,
  });
});
