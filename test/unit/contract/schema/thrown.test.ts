import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { textOfThrown } from '../../../../src/contract/schema/thrown.ts';

const refuse = (): never => {
  throw new Error('a trap');
};

test.each<[name: string, thrown: unknown, text: string]>([
  ['an error', new Error('no room'), 'no room'],
  ['an error without a message', new Error(), ''],
  ['an error of another realm', runInNewContext('new TypeError("far")'), 'far'],
  ['a text', 'no room', 'no room'],
  ['undefined', undefined, 'undefined'],
  ['a symbol', Symbol('x'), 'Symbol(x)'],
  ['an object with a message', { message: 'no room' }, 'no room'],
  ['an object without one', { code: 5 }, '[object Object]'],
  ['an error whose message is not a text', Object.assign(new Error('x'), { message: 5 }), 'Error: 5'],
  ['an object without a prototype', Object.create(null), 'what was thrown cannot be read'],
  [
    'an object that traps all',
    new Proxy({}, { get: refuse, getPrototypeOf: refuse }),
    'what was thrown cannot be read',
  ],
  [
    'an error whose message throws',
    Object.defineProperty(new Error(), 'message', { get: refuse }),
    'what was thrown cannot be read',
  ],
])('%s has a text', (_name, thrown, text) => {
  expect(textOfThrown(thrown)).toBe(text);
});
