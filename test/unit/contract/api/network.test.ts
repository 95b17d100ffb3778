import fc from 'fast-check';
import { expect, test } from 'vitest';
import { networkPolicySchema } from '../../../../src/contract/api/network.ts';
import { parseHost, parsePattern, parseTarget } from '../../../../src/contract/api/network-target.ts';

const reasonOf = (action: () => unknown): string => {
  try {
    action();
    return 'taken';
  } catch (error) {
    return error instanceof TypeError ? error.message : `not a TypeError: ${error}`;
  }
};

test.each([
  ['api.example.com', 'api.example.com'],
  ['API.Example.COM.', 'api.example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['BÜCHER.example', 'xn--bcher-kva.example'],
  ['a。example', 'a.example'],
  ['\u212a.example', 'k.example'],
  ['_dmarc.example.com', '_dmarc.example.com'],
  ['93.184.215.14', '93.184.215.14'],
  ['2606:4700:0000:0::1111', '2606:4700::1111'],
  ['[2606:4700::1111]', '2606:4700::1111'],
  ['::FFFF:127.0.0.1', '::ffff:7f00:1'],
])('the host %s is %s', (text, host) => {
  expect(parseHost(text).host).toBe(host);
});

test.each([
  '',
  '.',
  '..',
  'a..example',
  '.example',
  'example..',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '2130706433',
  '127.1',
  '127.0.0.1.',
  '127.0.0.01',
  '１２７.0.0.1',
  '0x7f000001',
  '017700000001',
  '1.2.3.4.5',
  '256.1.1.1',
  'example.0x1',
  'evil.example\0.api.example.com',
  'api.example.com\n',
  'api.example.com ',
  'ex%61mple.com',
  'user@example.com',
  'example.com/',
  'example.com\\',
  'example.com#',
  'example.com:443',
  '*',
  '*.example.com',
  '[::1',
  '[127.0.0.1]',
  '[example.com]',
  'fe80::1%eth0',
  '[fe80::1%25eth0]',
  '::1]',
  `${'a'.repeat(64)}.example`,
  `${'abcdefg.'.repeat(32)}example`,
  '\u00ad',
  'a\u200d.example',
])('the host %j is refused', (text) => {
  expect(reasonOf(() => parseHost(text))).toMatch(/^must /);
});

test.each([
  'a.example:0',
  'a.example:65536',
  'a.example:',
  'a.example:+80',
  'a.example:080',
  'a.example:8e1',
  'a:1:2',
  '::1:80',
  ':80',
])('the target %s is refused', (text) => {
  expect(reasonOf(() => parseTarget(text))).toMatch(/^must /);
});

test('patterns have the right scope', () => {
  expect(
    ['A.example:80', '*.Example.org', '*', '*:80', '[2606:4700::1111]:8443', '93.184.215.14'].map(parsePattern),
  ).toEqual([
    { scope: 'host', host: 'a.example', kind: 'name', port: 80 },
    { scope: 'below', host: 'example.org', kind: 'name', port: 443 },
    { scope: 'names', host: '', kind: 'name', port: 443 },
    { scope: 'names', host: '', kind: 'name', port: 80 },
    { scope: 'host', host: '2606:4700::1111', kind: 'address', port: 8443 },
    { scope: 'host', host: '93.184.215.14', kind: 'address', port: 443 },
  ]);
});

test.each([
  '**',
  '*.',
  '*.*.example',
  'a.*.example',
  '*example.com',
  '*.127.0.0.1',
  '*.[::1]',
  '*:',
  '*:0',
  '*:*',
  'a.example:*',
  'https://a.example',
])('the pattern %s is refused', (text) => {
  expect(reasonOf(() => parsePattern(text))).toMatch(/^must /);
});

test('a host that was read is read the same again, and holds nothing but what names and addresses hold', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.domain(), fc.ipV4Extended(), fc.ipV6()),
      (text) => {
        let host: string;
        try {
          host = parseHost(text).host;
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          return;
        }
        expect(parseHost(host).host).toBe(host);
        expect(host).toMatch(/^[a-z0-9._:-]+$/);
        expect(new URL(`http://${host.includes(':') ? `[${host}]` : host}`).hostname.replace(/^\[|\]$/g, '')).toBe(
          host,
        );
      },
    ),
    { numRuns: 5_000 },
  );
});

const injection = { host: 'api.example.com', header: 'Authorization', secret: 'Bearer abc' };

test.each([
  ['an unknown key', { allow: [], deny: [] }],
  ['a text in place of a list', { allow: '*' }],
  ['a wrong pattern', { allow: ['http://a.example'] }],
  ['a line end in a secret', { allow: [], inject: [{ ...injection, secret: 'a\r\nX: y' }] }],
  ['an empty secret', { allow: [], inject: [{ ...injection, secret: '' }] }],
  ['a wildcard', { allow: [], inject: [{ ...injection, host: '*.example.com' }] }],
  ['a header with a space', { allow: [], inject: [{ ...injection, header: 'X Y' }] }],
  ['a framing header', { allow: [], inject: [{ ...injection, header: 'Transfer-Encoding' }] }],
  [
    'the same header twice',
    { allow: [], inject: [injection, { ...injection, host: 'API.example.com:443', header: 'authorization' }] },
  ],
  ['no connections', { allow: [], limits: { connections: 0 } }],
  ['endless time', { allow: [], limits: { idleTimeoutMs: Number.POSITIVE_INFINITY } }],
])('a policy with %s is refused', (_, policy) => {
  expect(networkPolicySchema.safeParse(policy).success).toBe(false);
});

test('a valid policy stays unchanged', () => {
  const policy = { allow: ['api.example.com', '*.example.org:8443'], inject: [injection], limits: { connections: 3 } };
  expect(networkPolicySchema.parse(policy)).toEqual(policy);
});
