import type { Intrinsics } from '../../isolate/realm/intrinsics.ts';
import type { MemoryBudget } from './memory-budget.ts';

/**
 * Objects that a guest can reach through an interpreter's loader count the memory that they take, and give no access to
 * constructors. The realm must ensure this, because V8's bound on the interpreter's memory is the same for all jobs.
 */
export function sealWebAssembly(
  { define }: Pick<Intrinsics, 'define'>,
  wasm: object,
  { take }: Pick<MemoryBudget, 'take'>,
): void {
  const { apply } = Reflect;
  const made = wasm as Readonly<Record<string, { readonly prototype: { [name: string]: unknown } } | undefined>>;
  for (const name of ['Global', 'Instance', 'Memory', 'Module', 'Table']) {
    const prototype: { constructor?: unknown } = made[name]?.prototype ?? {};
    delete prototype.constructor;
  }
  const entryBytes = 32;
  for (const [name, unitBytes] of [
    ['Memory', 65_536],
    ['Table', entryBytes],
  ] as const) {
    const prototype = made[name]?.prototype ?? {};
    const grow = prototype.grow as (...given: unknown[]) => number;
    define(prototype, 'grow', function (this: object, units: unknown, ...more: readonly unknown[]): number {
      const count = (units as number) >>> 0;
      return take(count * unitBytes, () => apply(grow, this, [count, ...more]));
    });
  }
}
