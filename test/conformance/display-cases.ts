import { expect } from 'vitest';
import type { ConformanceCase } from './case.ts';

const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0xff];
/** An object with IPython's display methods, which needs no library. */
const richThing = `class Thing:
    def _repr_html_(self): return "<b>thing</b>"
    def _repr_png_(self): return bytes(${JSON.stringify(png)})
    def _repr_json_(self): return {"is": "thing"}
    def __repr__(self): return "Thing()"
`;
/** An object that looks like a pandas DataFrame. */
const tableThing = `class Table:
    index = columns = [0, 1]
    def __len__(self): return 1_500
    def head(self, rows): self.rows = rows; return self
    def to_json(self, orient, date_format): return '{"columns":["a","b"],"index":[0],"data":[[1,null]]}'
    def to_string(self, max_rows, max_cols): return "   a    b\\n0  1  NaN"
`;

/** Displays of guests, the same in every language. */
export const displayCases: readonly ConformanceCase[] = [
  {
    name: 'displays come back in order, with their media types: text as text, others as bytes',
    guests: {
      javascript: {
        code: `display('<svg/>', 'image/svg+xml'); display({ a: [1] }); display('plain');
display(new Uint8Array(${JSON.stringify(png)}), 'image/png'); display(new Uint8Array([1, 255])); 7`,
      },
      python: {
        code: `display("<svg/>", media_type="image/svg+xml")
display({"a": [1]}, "plain", bytes(${JSON.stringify(png)}), b"\\x01\\xff")
7`,
      },
      bash: {
        code: `printf '<svg/>' >a.svg; hotcell display a.svg; printf '{"a":[1]}' >a.json; hotcell display a.json
printf plain | hotcell display - text/plain; echo ${Buffer.from(png).toString('base64')} | base64 -d | hotcell display -
echo Af8= | base64 -d >b; hotcell display b; echo 7 >"$HOTCELL_VALUE"`,
      },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: 7, stdout: '', stderr: '' });
      const shown = result.displays.map(({ mediaType, data }) => [
        mediaType,
        typeof data === 'string' ? data : [...data],
      ]);
      expect(shown).toEqual([
        ['image/svg+xml', '<svg/>'],
        ['application/json', expect.stringMatching(/^\{"a": ?\[1\]\}$/)],
        ['text/plain', 'plain'],
        ['image/png', png],
        ['application/octet-stream', [1, 255]],
      ]);
      expect(result.displays.map(({ group }) => group)).toEqual([1, 2, 3, 4, 5]);
      expect(result.truncated.displays).toBe(0);
    },
  },
  {
    name: 'the forms of one thing have one group, and a value with display forms is displayed',
    guests: {
      javascript: { skip: 'IPython’s methods are Python’s' },
      python: { code: `${richThing}${tableThing}display(Table())\nThing()` },
      bash: { skip: 'IPython’s methods are Python’s' },
    },
    check(result) {
      expect(result).toMatchObject({ status: 'success', value: 'Thing()', valueType: 'repr', stderr: '' });
      expect(result.displays).toEqual([
        {
          group: 1,
          mediaType: 'application/vnd.hotcell.table+json',
          data: '{"rows": 1500, "columns": ["a", "b"], "index": [0], "data": [[1, null]]}',
        },
        { group: 1, mediaType: 'text/plain', data: '   a    b\n0  1  NaN' },
        { group: 2, mediaType: 'image/png', data: Buffer.from(png) },
        { group: 2, mediaType: 'text/html', data: '<b>thing</b>' },
        { group: 2, mediaType: 'application/json', data: '{"is": "thing"}' },
        { group: 2, mediaType: 'text/plain', data: 'Thing()' },
      ]);
    },
  },
  {
    name: 'displays are kept if the guest fails, and exceptions of displayed objects are the guest’s own',
    guests: {
      javascript: { code: `display('before');\ndisplay(1, 'no type')` },
      python: { code: `display("before")\ndisplay(object(), media_type="image/png")` },
      bash: { code: 'echo before >f; hotcell display f text/plain; hotcell display missing || exit 3' },
    },
    check(result, language) {
      expect(result).toMatchObject({ status: 'error', displays: [{ mediaType: 'text/plain' }] });
      if (language === 'bash')
        expect(result).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('missing') });
      else expect(result.error).toMatchObject({ name: 'TypeError', line: 2 });
    },
  },
  {
    name: 'displays beyond 256, above fileMb or above diskMb in total are left out and counted',
    request: { limits: { fileMb: 1, diskMb: 4 } },
    guests: {
      javascript: {
        code: `display('x'.repeat(2_000_000)); for (let n = 0; n < 5; n += 1) display('y'.repeat(1_000_000));
for (let n = 0; n < 300; n += 1) display(n);`,
      },
      python: {
        code: `display("x" * 2_000_000)\nfor n in range(5): display("y" * 1_000_000)\nfor n in range(300): display(n)`,
      },
      bash: {
        code: `seq 400000 | head -c 2000000 | hotcell display - text/plain
for n in 1 2 3 4 5; do seq 200000 | head -c 1000000 | hotcell display - text/plain; done; echo 1 | hotcell display -`,
      },
    },
    check(result, language) {
      expect(result).toMatchObject({ status: 'success', stderr: '' });
      const large = result.displays.filter(({ data }) => data.length === 1_000_000);
      expect(large).toHaveLength(4);
      const count = language === 'bash' ? 7 : 306;
      expect(result.displays.length + result.truncated.displays).toBe(count);
      expect(result.displays.length).toBeLessThanOrEqual(256);
      expect(result.displays.length).toBeGreaterThan(language === 'bash' ? 4 : 250);
    },
  },
  {
    name: 'secrets leave in no display and no progress',
    request: { secrets: { TOKEN: 'tok-77aa90-5e1f' } },
    guests: {
      javascript: {
        code: `const { TOKEN } = context.env; display(TOKEN); display({ [TOKEN]: [TOKEN] }); display(TOKEN, 'image/' + TOKEN);
display(new Uint8Array([255, ...new TextEncoder().encode(TOKEN)])); hotcell.progress(0.5, TOKEN);`,
      },
      python: {
        code: `import os\nTOKEN = os.environ["TOKEN"]\ndisplay(TOKEN, {TOKEN: [TOKEN]})\ndisplay(TOKEN, media_type="image/" + TOKEN)
display(b"\\xff" + TOKEN.encode())\nhotcell.progress(0.5, TOKEN)`,
      },
      bash: {
        code: `echo "$TOKEN" | hotcell display -; echo "{\\"$TOKEN\\":[\\"$TOKEN\\"]}" | hotcell display - application/json
echo "$TOKEN" | hotcell display - "image/$TOKEN"; printf "\\xff$TOKEN" | hotcell display -; hotcell progress 0.5 "$TOKEN"`,
      },
    },
    check(result) {
      expect(result.status).toBe('success');
      const texts = result.displays.map(
        ({ mediaType, data }) => `${mediaType} ${Buffer.from(data).toString('latin1')}`,
      );
      expect(texts).toHaveLength(4);
      expect(texts.join('\n')).not.toContain('tok-77aa90-5e1f');
      for (const text of texts) expect(text).toContain('[redacted:TOKEN]');
      expect(result.redactions).toContainEqual({ rule: 'secret:TOKEN', count: expect.any(Number), where: 'display' });
      expect(result.redactions).toContainEqual({ rule: 'secret:TOKEN', count: 1, where: 'progress' });
    },
  },
];
