import type { Engine } from 'hotcell';
import { ask, type HostileCase } from './hostile-case.ts';

/** An object with `count` members, whose names begin with `begin`. */
function numbered(count: number, begin: string): object {
  return Object.fromEntries(Array.from({ length: count }, (_, number) => [`${begin}${number}`, 1]));
}

const execute =
  (request: () => unknown) =>
  (engine: Engine): unknown =>
    engine.execute(request() as never);

/** What is refused by its size, before its members are read. */
export const largeRequestCases: readonly HostileCase[] = [
  {
    row: 'request',
    name: 'a request with very many members',
    run: execute(() => ({ ...numbered(200_000, 'k'), ...ask() })),
    ends: /^validation_error \| INVALID_REQUEST: The request is invalid: it has too many members\.$/,
  },
  ...(['env', 'secrets', 'files', 'tools', 'limits', 'network'] as const).map((field) => ({
    row: 'request',
    name: `a request with very many names in ${field}, of which none is right`,
    run: execute(() => ask({ [field]: numbered(200_000, '../') })),
    // None of them is looked at.
    ends: /^validation_error \| INVALID_REQUEST: The request is invalid: \w+: (must not (have|hold) more than \d+ \w+|has too many members)\.$/,
  })),
  ...(['collect', 'allow', 'inject'] as const).map((field) => ({
    row: 'request',
    name: `a request with a list without end in ${field}`,
    run: execute(() => {
      const list = new Array(2 ** 32 - 1);
      return ask(field === 'collect' ? { collect: list } : { network: { allow: [], [field]: list } });
    }),
    ends: /^validation_error \| INVALID_REQUEST: The request is invalid: [\w.]+: must not hold more than \d+ \w+\.$/,
  })),
];
