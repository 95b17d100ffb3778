import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProcessLauncher } from '../../../../../src/backends/isolate/process-launcher.ts';
import { createWasmBackend } from '../../../../../src/backends/wasm/backend.ts';
import type { Backend } from '../../../../../src/contract/spi/backend.ts';
import type { HostLauncher } from '../../../../../src/contract/spi/host-launcher.ts';
import { begin } from '../../isolate/harness.ts';

async function answer(backend: Backend): Promise<unknown> {
  const { said } = await begin(backend, { language: 'python', code: '6 * 7' });
  return (await said).value;
}

test('a host that finds no file open is sent them', async () => {
  const processes = createProcessLauncher();
  const streamsOnly: HostLauncher = {
    ...processes,
    launch: ({ nodeArguments, memoryMb }) => processes.launch({ nodeArguments, memoryMb }),
  };
  const backend = createWasmBackend({}, { launcher: streamsOnly });
  try {
    expect(await answer(backend)).toBe('42');
  } finally {
    await backend.close();
  }
}, 60_000);

test('a snapshot that was changed is made again, also for a host that has the old one open', async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'hotcell-kit-'));
  const first = createWasmBackend({ cacheFolder });
  const second = createWasmBackend({ cacheFolder });
  try {
    expect(await answer(first)).toBe('42');
    const [name = ''] = await readdir(cacheFolder);
    const path = join(cacheFolder, name);
    const bytes = await readFile(path);
    await writeFile(
      path,
      bytes.map((byte, index) => (index > 10_000_000 ? byte ^ 85 : byte)),
    );
    expect(await answer(second)).toBe('42');
    expect(await readFile(path)).toHaveLength(bytes.length);
  } finally {
    await Promise.all([first.close(), second.close()]);
    await rm(cacheFolder, { recursive: true, force: true });
  }
}, 180_000);

test('a cache that was emptied is filled anew, when the next host starts', async () => {
  const cacheFolder = await mkdtemp(join(tmpdir(), 'hotcell-kit-'));
  const backend = createWasmBackend({ cacheFolder });
  const run = async (tenant: string): Promise<unknown> => {
    const { said } = await begin(backend, { language: 'python', code: '6 * 7', tenant });
    return (await said).value;
  };
  try {
    expect(await run('one')).toBe('42');
    const names = await readdir(cacheFolder);
    await rm(cacheFolder, { recursive: true });
    expect(await Promise.all([run('two'), run('three')])).toEqual(['42', '42']);
    expect(await readdir(cacheFolder)).toEqual(names);
  } finally {
    await backend.close();
    await rm(cacheFolder, { recursive: true, force: true });
  }
}, 180_000);
