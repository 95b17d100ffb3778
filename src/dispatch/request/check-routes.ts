import type { Check } from '../../contract/api/backend-reports.ts';
import type { Backend } from '../../contract/spi/backend.ts';
import { type Routing, routeJob } from './route.ts';

/** Where the calls in each language would run now, if that depends on something outside of this process. Never rejects. */
export async function checkRoutes(
  backends: readonly Backend[],
  { routes, fallback }: Routing,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const languages = new Set(
    backends.filter(({ canBeMissing }) => canBeMissing).flatMap((backend) => backend.languages),
  );
  return await Promise.all(
    [...languages].map(async (language): Promise<Check> => {
      const backend = routeJob({ language, backend: undefined }, backends, routes);
      const answers = (asked: Backend): Promise<boolean> => asked.isAvailable(signal, language);
      const name = `${language} calls`;
      if (await answers(backend)) return { name, verdict: 'ok', detail: `run in the ${backend.name} backend` };

      const able = backends.filter((other) => other !== backend && other.languages.includes(language));
      const ready: Backend[] = [];
      for (const other of able) if (await answers(other)) ready.push(other);
      const other = ready.find(({ name: own }) => own === fallback);
      const why = `the ${backend.name} backend is not available`;
      const remedy = adviceFor(backend, other ? [] : ready);
      if (other) return { name, verdict: 'warn', detail: `run in the ${other.name} backend, because ${why}`, remedy };
      return { name, verdict: 'fail', detail: `are refused, because ${why}`, remedy };
    }),
  );
}

function adviceFor(backend: Backend, ready: readonly Backend[]): string {
  const mend = `Make the ${backend.name} backend available (its own lines say how)`;
  const [other] = ready;
  if (!other) return `${mend}.`;
  return `${mend}, or use the ${other.name} backend: "hotcell run --backend ${other.name}", or createEngine({ fallback: '${other.name}' }).`;
}
