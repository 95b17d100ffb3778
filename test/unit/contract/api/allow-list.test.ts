import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AllowList } from '../../../../src/contract/api/allow-list.ts';
import { parseTarget } from '../../../../src/contract/api/network-target.ts';

const allows = (allow: readonly string[], target: string): boolean => new AllowList(allow).allows(parseTarget(target));

test.each([
  ['api.example.com', 'API.EXAMPLE.com.:443'],
  ['*.example.org:443', 'a.example.org:443'],
  ['*.example.org:443', 'a.b.c.example.org:443'],
  ['*.bücher.example', 'a.xn--bcher-kva.example'],
  ['*:80', 'any.example:80'],
  ['[2606:4700::1111]', '[2606:4700:0:0::1111]'],
  ['93.184.215.14:80', '93.184.215.14:80'],
])('%s allows %s', (pattern, target) => {
  expect(allows([pattern], target)).toBe(true);
});

test.each([
  ['*.example.org', 'example.org'],
  ['*.example.org', 'badexample.org'],
  ['*.example.org', 'example.org.evil.example'],
  ['*.example.org', 'a.example.org:80'],
  ['api.example.com', 'a.api.example.com'],
  ['api.example.com', 'example.com'],
  ['api.example.com', 'apiXexample.com'],
  ['*:443', '93.184.215.14'],
  ['*:443', '[2606:4700::1111]'],
  ['*:443', 'any.example:80'],
  ['93.184.215.14', '93.184.215.15'],
])('%s does not allow %s', (pattern, target) => {
  expect(allows([pattern], target)).toBe(false);
});

test('an empty list denies', () => {
  fc.assert(fc.property(fc.domain(), (name) => !allows([], name)));
});

const label = fc.constantFrom('a', 'b', 'example', 'com');
const name = fc.array(label, { minLength: 1, maxLength: 5 });
const port = fc.constantFrom(80, 443);

test('a wildcard covers exactly the names with more labels before it', () => {
  fc.assert(
    fc.property(name, port, name, port, fc.boolean(), (parent, parentPort, asked, askedPort, isWild) => {
      const tail = asked.slice(-parent.length).join('.') === parent.join('.');
      const longer = asked.length > parent.length;
      const expected = parentPort === askedPort && tail && (isWild ? longer : asked.length === parent.length);
      const pattern = `${isWild ? '*.' : ''}${parent.join('.')}:${parentPort}`;
      expect(allows([pattern], `${asked.join('.')}:${askedPort}`)).toBe(expected);
    }),
    { numRuns: 2_000 },
  );
});
