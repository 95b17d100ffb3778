import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectDocker } from '../../../../../src/backends/docker/daemon/client.ts';
import type { DockerClient } from '../../../../../src/backends/docker/daemon/docker-client.ts';
import { findEngine } from '../../../../../src/backends/docker/daemon/find-engine.ts';
import { bootstrappedBaseTag } from '../../../../../src/backends/docker/images/base-image.ts';
import { imageNames, packRecipe, readRecipe } from '../../../../../src/backends/docker/images/image-recipe.ts';
import { ImageStore } from '../../../../../src/backends/docker/images/image-store.ts';
import {
  checkImages,
  ensureImage,
  ensureImages,
  isolateHostImage,
} from '../../../../../src/backends/docker/images/images.ts';

let client: DockerClient;
beforeAll(async () => {
  client = connectDocker({ address: (await findEngine()).address });
});
afterAll(() => client.close());

describe('a recipe', () => {
  test.each(imageNames)('%s: the name is made of what is in it', async (name) => {
    const recipe = await readRecipe(name);
    expect(recipe.tag).toBe(`hotcell-${name}:${recipe.hash.slice(0, 12)}`);
    expect(await readRecipe(name)).toEqual(recipe);
    expect([...recipe.files.keys()]).toEqual(
      expect.arrayContaining([
        'Dockerfile',
        'base/packages.txt',
        'runner/main.py',
        'runner/tools/tool.py',
        `${name}/harness.py`,
      ]),
    );
    expect(recipe.packages).toContain('python3');
  });

  test('python-data: the packages of both lists, the harness of Python, and what is taken away', async () => {
    const recipe = await readRecipe('python-data');
    expect(recipe.tag).toBe(`hotcell-python-data:${recipe.hash.slice(0, 12)}`);
    expect(recipe.packages).toEqual(expect.arrayContaining(['python3', 'jq', 'python3-pandas', 'python3-matplotlib']));
    expect([...recipe.files.keys()]).toEqual(
      expect.arrayContaining([
        'Dockerfile',
        'python/harness.py',
        'python-data/harness.py',
        'python-data/leave-out.txt',
      ]),
    );
    expect(recipe.leftOut).toContain('usr/lib/gcc');
    for (const pattern of recipe.leftOut) expect(pattern).toMatch(/^usr\/[\w*./-]+$/);
    expect(bootstrappedBaseTag(recipe)).not.toBe(bootstrappedBaseTag({ ...recipe, leftOut: [] }));
  });

  test('another base makes another image', async () => {
    const [plain, pinned] = [await readRecipe('bash'), await readRecipe('bash', 'debian@sha256:abc')];
    expect(pinned.hash).not.toBe(plain.hash);
  });

  test('other packages or another revision make another base', () => {
    const bases = [{ packages: ['bc'] }, { packages: ['bc', 'jq'] }, { packages: ['bc'], revision: 'later' }];
    const tags = bases.map(bootstrappedBaseTag);
    expect(new Set(tags).size).toBe(3);
    expect(tags).toEqual(bases.map(() => expect.stringMatching(/^hotcell-base:[0-9a-f]{12}$/)));
  });

  test('the build context is the same bytes every time', async () => {
    const pack = async (): Promise<string> => text(packRecipe(await readRecipe('python')));
    expect(await pack()).toBe(await pack());
  });
});

describe('ensureImage', () => {
  test('builds nothing that is there', async () => {
    const images = await ensureImages(client);
    const lines: string[] = [];
    expect(await ensureImages(client, { onProgress: (line) => lines.push(line) })).toEqual(images);
    expect(lines).toEqual([]);
    expect(images).toEqual(
      imageNames.map((name) => ({
        name,
        tag: expect.stringMatching(`^hotcell-${name}:`),
        digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      })),
    );
    // The check passes with and without the data image.
    expect(await checkImages(client)).toEqual([
      ...images.map(({ name, tag, digest }) => ({ name: `image ${name}`, verdict: 'ok', detail: `${tag} ${digest}` })),
      { name: 'image python-data', verdict: 'ok', detail: expect.stringMatching(/^not built; |^hotcell-python-data:/) },
    ]);
  });

  test('builds one that is not there, and says so once', async ({ skip }) => {
    const base = bootstrappedBaseTag(await readRecipe('bash'));
    if (!(await client.imageDigest(base))) skip('the base came from a registry, and there is no second one here');
    const built: [string, number][] = [];
    const options = { base, onBuilt: (tag: string, ms: number) => void built.push([tag, ms]) };
    const { tag } = await ensureImage(client, 'bash', options);
    try {
      expect(await ensureImage(client, 'bash', options)).toMatchObject({ tag });
      expect(built).toEqual([[tag, expect.any(Number)]]);
    } finally {
      await client.removeImage(tag);
    }
  });

  test('says why where its base cannot be had', async () => {
    // The port of the discard service, which is not a registry.
    await expect(ensureImage(client, 'bash', { base: 'localhost:9/nothing:1' })).rejects.toMatchObject({
      code: 'BACKEND_UNAVAILABLE',
      message: expect.stringMatching(/^Cannot build the image hotcell-bash:\w{12}\. .*localhost:9/s),
    });
  });

  test('ends with its signal', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(ensureImage(client, 'bash', { signal })).rejects.toThrow('enough');
  });
});

describe('an image', () => {
  test.each(imageNames)('%s holds what its guest needs, and no way up', async (name) => {
    const script = [
      'readlink /tmp',
      'id guest',
      'ls -A /workspace',
      'find / -xdev -type f -perm /6000',
      'ls -d /opt/hotcell/base /var/lib/apt /etc/apt/sources.list* /usr/share/doc/*/ 2>/dev/null',
      'for tool in awk bash bc bzip2 file find gawk grep gzip jq python python3 sed tar unzip xxd xz zip; do command -v $tool >/dev/null || echo no $tool; done',
      `ls /opt/hotcell/${name}/__pycache__ /opt/hotcell/runner/__pycache__ | grep -c pyc >/dev/null || echo no byte code`,
      'exit 0',
    ].join('\n');
    const { tag } = await ensureImage(client, name);
    expect(await runIn(tag, script)).toBe('/workspace/.tmp\nuid=10001(guest) gid=10001(guest) groups=10001(guest)\n');
  });
});

describe('ImageStore', () => {
  test('looks once for all callers', async () => {
    const store = new ImageStore(client);
    const [first, second] = await Promise.all([store.get('python'), store.get('python')]);
    expect(second).toBe(first);
    store.forget('python');
    const third = await store.get('python');
    expect(third).not.toBe(first);
    expect(third).toEqual(first);
  });

  test('one who does not wait any longer ends nothing for others', async () => {
    const store = new ImageStore(client);
    const patient = store.get('python');
    const impatient = new AbortController();
    const hurried = store.get('python', impatient.signal);
    impatient.abort(new Error('no time'));
    await expect(hurried).rejects.toThrow('no time');
    expect((await patient).name).toBe('python');
  });

  test('tries again after a failure', async () => {
    const store = new ImageStore(client, { base: 'localhost:9/nothing:1' });
    const failure = { code: 'BACKEND_UNAVAILABLE' };
    await expect(store.get('bash')).rejects.toMatchObject(failure);
    await expect(store.get('bash')).rejects.toMatchObject(failure);
  });

  test('keeps the isolate-host image too', { timeout: 300_000 }, async () => {
    const store = new ImageStore(client);
    expect(store.known(isolateHostImage)).toBeUndefined();
    const image = await store.get(isolateHostImage);
    expect(image).toEqual({
      name: isolateHostImage,
      tag: expect.stringMatching(/^hotcell-runner:[0-9a-f]{12}$/) as string,
      digest: await client.imageDigest(image.tag),
    });
    expect(store.known(isolateHostImage)).toBe(image);
    expect(await store.get(isolateHostImage)).toBe(image);
  });
});

/** The output of a shell script in a container of an image. */
async function runIn(tag: string, script: string): Promise<string> {
  const id = await client.createContainer(`hotcell-images-test-${crypto.randomUUID()}`, {
    Image: tag,
    Entrypoint: ['/bin/sh', '-c', script],
    Cmd: [],
    Tty: true,
    HostConfig: { NetworkMode: 'none' },
  });
  try {
    const output = await client.attach(id);
    await client.start(id);
    return (await text(output)).replaceAll('\r', '');
  } finally {
    await client.remove(id);
  }
}
