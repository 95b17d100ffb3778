import { importHotcell } from './hotcell.ts';

/** hotcell's own images by language, so that other contestants run the same ones; empty without Docker. */
export async function findImages(hotcell: string): Promise<Readonly<Record<string, string>>> {
  const { createEngine } = await importHotcell(hotcell);
  await using engine = createEngine({ isolate: false });
  const images: Record<string, string> = {};
  for (const [language, code] of [
    ['python', '1 + 1'],
    ['bash', 'true'],
  ] as const) {
    const { sandbox } = await engine.execute({ language, code });
    if (sandbox?.image !== undefined) images[language] = sandbox.image;
  }
  return images;
}
