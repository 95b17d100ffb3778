import { afterEach, expect, test } from 'vitest';
import { serialiseJson } from '../../../../src/contract/schema/json-text.ts';

const prototypes: readonly object[] = [Array.prototype, Object.prototype];
afterEach(() => {
  for (const prototype of prototypes) Reflect.deleteProperty(prototype, 'toJSON');
});

test('a toJSON that all lists and objects have does not speak for a value', () => {
  const value = { list: [1, [2]], object: { empty: {} }, toJSON: 'a member' };
  const text = JSON.stringify(value);
  for (const prototype of prototypes) {
    Object.defineProperty(prototype, 'toJSON', { value: () => 'forged', configurable: true });
  }
  const written = serialiseJson(value, 'it', 1_000);
  for (const prototype of prototypes) Reflect.deleteProperty(prototype, 'toJSON');
  expect(written).toBe(text);
});
