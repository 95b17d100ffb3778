import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../../../src/redaction/redactor.ts';
import { cutInto } from '../../../support/chunks.ts';

const secrets = { KEY: 'tomato-soup-77', WIDE: 'schlüssel-über-alles' };

function redact(bytes: Uint8Array, lengths: readonly number[], known: Record<string, string> = secrets) {
  const redactor = createRedactor(known, {});
  const stream = redactor.byteStream('artifact');
  const parts = cutInto(bytes, lengths).map((piece) => stream.push(piece));
  return { content: Buffer.concat([...parts, stream.end()]), isText: stream.isText, redactor };
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 60 });

describe('a file that is redacted in pieces', () => {
  test('of text gives the same as the whole text, however it is cut', () => {
    const word = fc.oneof(
      fc.constantFrom(...Object.values(secrets), 'password=hunter22hunter', 'ghp_abcdefghijklmnopqrstuvwxyz0123456789'),
      fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => text.isWellFormed()),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), lengths, (words, cuts) => {
        const bytes = Buffer.from(words.join(' '));
        const { content, isText } = redact(bytes, cuts);
        expect(isText).toBe(true);
        expect(content.toString()).toBe(Buffer.from(createRedactor(secrets, {}).bytes('artifact', bytes)).toString());
      }),
    );
  });

  test('that is not text stays unchanged, except for its secrets', () => {
    const noise = fc.uint8Array({ maxLength: 30 });
    const middle = fc.constantFrom(...Object.values(secrets).map((secret) => Buffer.from(secret)), Buffer.alloc(0));
    fc.assert(
      fc.property(noise, middle, noise, lengths, (before, secret, after, cuts) => {
        const bytes = Buffer.concat([Buffer.from([0xff]), before, secret, after]);
        const { content } = redact(bytes, cuts);
        const marker =
          secret.length === 0 ? '' : secret.equals(Buffer.from(secrets.KEY)) ? '[redacted:KEY]' : '[redacted:WIDE]';
        expect(content).toEqual(Buffer.concat([Buffer.from([0xff]), before, Buffer.from(marker), after]));
      }),
    );
    const bytes = Buffer.from([0xff, ...Buffer.from('password=hunter22hunter')]);
    expect(redact(bytes, [], {}).content).toEqual(bytes);
  });

  test.each(['utf8', 'utf16le'] as const)('hides a secret (%s) across the place where text ends', (encoding) => {
    for (const secret of Object.values(secrets)) {
      const bytes = Buffer.concat([
        Buffer.from('text '),
        Buffer.from(secret, encoding),
        Buffer.from([0xff, 0xfe, 0x80]),
      ]);
      for (let cut = 1; cut < bytes.length; cut += 1) {
        const { content, isText } = redact(bytes, [cut]);
        expect(isText).toBe(false);
        expect(content.toString('latin1')).toMatch(/^text \[redacted:(KEY|WIDE)\]\0?\xff\xfe\x80$/);
      }
    }
  });

  test('has the rules applied as long as it is text, and is counted once', () => {
    const bytes = Buffer.concat([Buffer.from('key tomato-soup-77\npassword=hunter22hunter\n'), Buffer.from([0xff])]);
    const { content, redactor } = redact(bytes, [10, 3]);
    expect(content.toString('latin1')).toBe('key [redacted:KEY]\npassword=[redacted:password]\n\xff');
    expect(redactor.redactions).toContainEqual({ rule: 'secret:KEY', count: 1, where: 'artifact' });
  });

  test('a file that ends inside a character is not text', () => {
    const { content, isText } = redact(Buffer.from('é').subarray(0, 1), [], {});
    expect([content, isText]).toEqual([Buffer.from([0xc3]), false]);
  });
});
