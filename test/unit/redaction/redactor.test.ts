import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/contract/schema/json.ts';
import { createRedactor } from '../../../src/redaction/redactor.ts';

const secrets = { TOKEN: 'tok-12345', PIN: '4711' };

describe('redactor.value', () => {
  it('redacts strings, names of members and numbers, and counts by rule and place', () => {
    const redactor = createRedactor(secrets, {});
    const value = { list: ['a tok-12345', { 'key tok-12345': true }], pin: 4711, near: 1471100, other: 12, none: null };
    expect(redactor.value('value', value)).toEqual({
      list: ['a [redacted:TOKEN]', { 'key [redacted:TOKEN]': true }],
      pin: '[redacted:PIN]',
      near: '1[redacted:PIN]00',
      other: 12,
      none: null,
    });
    expect(redactor.redactions).toEqual([
      { rule: 'secret:PIN', count: 2, where: 'value' },
      { rule: 'secret:TOKEN', count: 2, where: 'value' },
    ]);
    expect(value.pin).toBe(4711);
  });

  it('keeps members separate whose names become equal', () => {
    const value = { 'tok-12345': 1, 'TOK-12345': 2, '[redacted:TOKEN]': 3, '[redacted:TOKEN] (2)': 4 };
    expect(createRedactor(secrets, {}).value('value', value)).toEqual({
      '[redacted:TOKEN] (3)': 1,
      '[redacted:TOKEN] (4)': 2,
      '[redacted:TOKEN]': 3,
      '[redacted:TOKEN] (2)': 4,
    });
  });

  it('treats __proto__ as an ordinary name', () => {
    const value = JSON.parse('{"__proto__":{"polluted":"tok-12345"},"constructor":1}') as JsonValue;
    const result = createRedactor(secrets, {}).value('value', value) as Record<string, unknown>;
    expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":"[redacted:TOKEN]"},"constructor":1}');
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('redacts a member if its pair would be redacted in text', () => {
    const redactor = createRedactor({}, {});
    const value = { db: { password: 'hunter2', user: 'bob' }, apiKey: null, token: 'word', access_token: 'abcd1234' };
    expect(redactor.value('value', value)).toEqual({
      db: { password: '[redacted:password]', user: 'bob' },
      apiKey: null,
      token: 'word',
      access_token: '[redacted:token]',
    });
    expect(createRedactor({}, { rules: false }).value('value', value)).toEqual(value);
  });

  it('works at any depth', () => {
    let value: JsonValue = 'tok-12345';
    for (let depth = 0; depth < 100_000; depth += 1) value = depth % 2 ? [value] : { a: value };
    let result = createRedactor(secrets, {}).value('value', value);
    for (let depth = 0; depth < 100_000; depth += 1) result = Object.values(result as object)[0] as JsonValue;
    expect(result).toBe('[redacted:TOKEN]');
  });

  it('is the identity on clean values, loses no member and never mutates', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        const value = JSON.parse(JSON.stringify(json)) as JsonValue;
        const before = JSON.stringify(value);
        expect(
          JSON.stringify(createRedactor({ S: 'no such text \u{1f511}' }, { rules: false }).value('value', value)),
        ).toBe(before);
        const count = (text: string): number => (text.match(/":/g) ?? []).length;
        const redacted = createRedactor({ S: 'abcd', T: 'a1' }, {}).value('value', { abcd: value, ABCD: 1 });
        expect(count(JSON.stringify(redacted))).toBeGreaterThanOrEqual(count(before) + 2);
        expect(JSON.stringify(value)).toBe(before);
      }),
    );
  });
});

describe('redactor.bytes', () => {
  it('redacts text and returns clean content itself', () => {
    const redactor = createRedactor(secrets, {});
    const clean = Buffer.from('nothing here, été');
    expect(redactor.bytes('artifact', clean)).toBe(clean);
    const text = redactor.bytes('artifact', Buffer.from('\ufeffkey tok-12345, password=hunter2\n'));
    expect(Buffer.from(text).toString()).toBe('\ufeffkey [redacted:TOKEN], password=[redacted:password]\n');
  });

  it('searches binary content for secrets byte by byte', () => {
    const redactor = createRedactor({ NAME: 'Zoë-\u{1f511}-key' }, {});
    const binary = (text: string): Buffer =>
      Buffer.concat([Buffer.from([0xff, 0, 0x80]), Buffer.from(text), Buffer.from([0xfe])]);
    expect(Buffer.from(redactor.bytes('artifact', binary('Zoë-\u{1f511}-key')))).toEqual(binary('[redacted:NAME]'));
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('x Zoë-\u{1f511}-key y', 'utf16le')]);
    expect(Buffer.from(redactor.bytes('artifact', wide)).includes('[redacted:NAME]')).toBe(true);
    const clean = Buffer.from([0xff, 1, 2]);
    expect(redactor.bytes('artifact', clean)).toBe(clean);
  });
});

describe('hostile text', () => {
  const megabyte = (text: string): string => text.repeat(Math.ceil(1_000_000 / text.length));
  const hostile = [
    'a',
    'password=',
    'password=x(',
    'secret:',
    'token="',
    'eyJ',
    'eyJ.',
    ' eyJaaaaaaaaaa',
    '-----BEGIN',
    '-----BEGIN PRIVATE KEY-----(',
    '://a:',
    '://aaaa:bbb',
    'sk-',
    'ghp_',
    'a@',
    'bearer ',
    'SG.',
    '1:AA',
    'tok-1234',
    'password="\\\\',
    'api key: ',
    '4711',
    '\ud83d',
    'c2VjcmV0\n',
    '%2574',
    '\\\\u0074',
    'authorization: bearer ',
    'authorization: 1',
    'passwd:secret:',
    '-----BEGIN PRIVATE KEY-----\nAAAA-----END',
    '<token>\n',
    '"token", "1',
    'token: string =',
    'curl ',
    'curl -u a',
    '"auth":"a',
    'pk.eyJ',
  ];

  // Linear time takes a fraction of a second; a search that backtracks takes hours for a megabyte.
  it.each(hostile)('takes linear time for a megabyte of %j', (text) => {
    const whole = megabyte(text);
    createRedactor(secrets, { emails: true }).text('stdout', whole);

    const part = whole.slice(0, 100_000);
    const stream = createRedactor(secrets, { emails: true }).stream('stdout');
    let inPieces = '';
    for (let index = 0; index < part.length; index += 7) inPieces += stream.push(part.slice(index, index + 7));
    inPieces += stream.end();
    expect(inPieces === createRedactor(secrets, { emails: true }).text('stdout', part)).toBe(true);
  });
});
