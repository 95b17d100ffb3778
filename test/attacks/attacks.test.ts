/**
 * Runs each attack program on every backend and runtime that takes its language, next to the host canary.
 *
 * `HOTCELL_TEST_RUNTIMES=runc,runsc` names the OCI runtimes (default: the Docker engine's own, which counts as runc)
 * and `HOTCELL_TEST_PLACEMENTS=process,container` the places of isolates (default: in a process).
 * `HOTCELL_TEST_ATTACKS` selects the programs whose names contain it. Those of `tenant/` are between jobs of one tenant
 * and run in shared containers; all others run there too. Python and Bash inside isolates get the programs that were
 * written against them, and those about files, host functions, displays and the network. `HOTCELL_TEST_WASM=all` adds
 * those against containers. Most of these look for a kernel and do not get far, so the test checks only that nothing
 * forbidden happened, not how they end.
 */
import { createEngine, type Engine, type ExecutionResult, executionResultSchema, statuses } from 'hotcell';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { workspacePathSchema } from '../../src/contract/api/request.ts';
import { Canary } from '../support/canary.ts';
import { Neighbour } from '../support/canary-neighbour.ts';
import { startAttackNetwork } from './attack-network.ts';
import { makeAttackTools } from './attack-tools.ts';
import { type AttackProgram, type AttackRuntime, readPrograms } from './program.ts';

const named = (name: string): string[] => process.env[name]?.split(',').filter(Boolean) ?? [];
const [wanted = ''] = named('HOTCELL_TEST_ATTACKS');
const programs = readPrograms().filter(({ name }) => name.includes(wanted));

/** A place in which attacks run: one engine with one backend. */
interface Home {
  readonly title: string;
  readonly runtime: AttackRuntime;
  readonly languages: readonly AttackProgram['language'][];
  readonly isolation?: 'tenant';
  readonly programs: readonly AttackProgram[];
  readonly start: () => Engine;
}
const inFreshCells = ({ name }: AttackProgram): boolean => !/^(tenant|wasm)\//.test(name);
/** Whether a program in WebAssembly looks for a kernel, which does not exist there. */
const isMisplaced = (name: string): boolean => !/^(wasm|files)\/|^container\/(tools|displays|network)-/.test(name);
const inWebAssembly = ({ name }: AttackProgram): boolean =>
  !isMisplaced(name) || (name.startsWith('container/') && process.env.HOTCELL_TEST_WASM === 'all');
const network = await startAttackNetwork();
afterAll(() => network[Symbol.asyncDispose]());
const { egress } = network;
const placements = named('HOTCELL_TEST_PLACEMENTS');
const runtimes = named('HOTCELL_TEST_RUNTIMES');
const homes: Home[] = [
  ...(placements.length > 0 ? placements : ['process']).map(
    (placement): Home => ({
      title: `v8 in a ${placement}`,
      runtime: 'v8',
      languages: ['javascript'],
      programs: programs.filter(inFreshCells),
      start: () =>
        createEngine({ docker: false, isolate: placements.length > 0 ? ({ placement } as object) : {}, egress }),
    }),
  ),
  ...(runtimes.length > 0 ? runtimes : ['runc']).map(
    (runtime): Home => ({
      title: runtime,
      runtime: runtime as AttackRuntime,
      languages: ['python', 'bash'],
      programs: programs.filter(inFreshCells),
      start: () => createEngine({ isolate: false, docker: runtimes.length > 0 ? { runtime } : {}, egress }),
    }),
  ),
  {
    title: 'tenant tier',
    runtime: 'tenant',
    languages: ['python', 'bash'],
    isolation: 'tenant',
    programs: programs.filter(({ name }) => !name.startsWith('wasm/')),
    start: () => createEngine({ isolate: false, docker: {}, egress }),
  },
  {
    title: 'WebAssembly in a process',
    runtime: 'wasm',
    languages: ['python', 'bash'],
    programs: programs.filter(inWebAssembly),
    start: () => createEngine({ docker: false, isolate: false, egress }),
  },
];

/** A call that a healthy engine answers at once. */
const greetings = {
  javascript: '"well"',
  typescript: '"well"',
  python: '"well"',
  bash: 'echo \'"well"\' >"$HOTCELL_VALUE"',
};

let canary: Canary;
beforeAll(async () => {
  canary = await Canary.start();
});
afterAll(async () => {
  const touched = await canary.check();
  await canary[Symbol.asyncDispose]();
  expect(touched).toEqual([]);
});

describe.each(homes)('$title', ({ runtime, languages, start, isolation, programs: all }) => {
  const own = all.filter(({ language }) => languages.includes(language));
  if (own.length === 0) return test.skip('no program of those that were asked for');
  let engine: Engine;
  let neighbour: Neighbour;
  beforeAll(() => {
    engine = start();
    neighbour = new Neighbour(engine, runtime === 'v8' ? ['javascript'] : ['python'], canary.token, isolation);
  });
  afterAll(async () => {
    await neighbour.stop();
    await engine.close();
    expect(neighbour.wrong).toEqual([]);
    expect(neighbour.right).toBeGreaterThan(0);
  });

  for (const program of own) {
    const reason = program.skips.get(runtime);
    const title = `${program.name}: ${program.tries}`;
    if (reason !== undefined) {
      test.skip(`${title} (${reason})`);
      continue;
    }
    // At most `maxConcurrency` of vitest, 5, run at one time; the engine's own slots limit the rest.
    test.concurrent(title, async () => {
      const { language, code, request } = program;
      const timeoutMs = request.limits?.timeoutMs ?? 60_000;
      const limits = { memoryMb: 128, ...request.limits, timeoutMs };
      const net = program.hasNetwork ? network : undefined;
      const inputs = { ...(request.inputs as object | undefined), canary: canary.place, net: net?.place };
      // In the tenant tier all belong to one tenant, so they run next to each other.
      const tenant = isolation ?? program.name;
      const watched = program.callsTools ? makeAttackTools(Object.values(request.secrets ?? {})) : undefined;
      const tools = watched?.tools;
      const result = await engine.execute({
        ...{ tenant, isolation, ...request },
        ...{ language, code, inputs, limits, tools, network: net?.policy },
      });
      watched?.over();

      const isLenient = runtime === 'wasm' && isMisplaced(program.name);
      const found = breaches(result, [
        canary.token,
        ...(net ? [net.secret] : []),
        ...Object.values(request.secrets ?? {}),
      ]);
      // What such a program takes for a kernel's answer comes from simulated calls that allow everything.
      expect(isLenient ? found.filter((line) => !line.startsWith('BREACH')) : found).toEqual([]);
      expect(executionResultSchema.safeParse(result).error).toBeUndefined();
      const ends = isLenient ? statuses.filter((status) => status !== 'internal_error') : program.ends;
      expect(ends, `${result.error?.message}\n${result.stdout}${result.stderr}`).toContain(result.status);
      if (program.proof && !isLenient) expect(result.stdout).toMatch(program.proof);

      const after = await engine.execute({ tenant, isolation, language, code: greetings[language] });
      expect(result.sandbox?.isolation).toBe(isolation ?? 'fresh');
      expect([after.status, after.value], after.error?.message).toEqual(['success', 'well']);
      expect(watched?.breaches ?? []).toEqual([]);
      expect(net?.breaches ?? []).toEqual([]);
      const cut = result.network?.connections.filter(({ outcome, reason }) => outcome !== 'ended' && !reason) ?? [];
      expect(cut).toEqual([]);
      expect(await canary.check()).toEqual([]);
      expect(neighbour.wrong).toEqual([]);
    });
  }
});

/**
 * Lines of a result that contain `BREACH`, places with a secret, and artifacts with names that no caller could put in a
 * folder.
 */
function breaches(result: ExecutionResult, secrets: readonly string[]): string[] {
  const artifacts = result.artifacts.map(({ path, content }) => `${path}\n${Buffer.from(content).toString('latin1')}`);
  const displays = result.displays.map(
    ({ mediaType, data }) => `${mediaType}\n${Buffer.from(data).toString('latin1')}`,
  );
  const texts: string[] = [result.stdout, result.stderr, ...textsIn(result.value), ...artifacts, ...displays];
  for (const part of [result.error?.name, result.error?.message, result.error?.stack]) if (part) texts.push(part);
  const lines = texts.flatMap((text) => text.split('\n')).filter((line) => line.startsWith('BREACH'));
  const whole = [JSON.stringify({ ...result, artifacts: [], displays: [] }), ...texts].join('\n');
  const forms = secrets.flatMap((secret) => [secret, Buffer.from(secret).toString('hex')]);
  const leaks = forms.filter((form) => form !== '' && whole.includes(form)).map((form) => `in the result: ${form}`);
  const paths = result.artifacts.map(({ path }) => path).filter((path) => !workspacePathSchema.safeParse(path).success);
  return [...lines, ...leaks, ...paths.map((path) => `an artifact is called ${JSON.stringify(path)}`)];
}

/** All texts in a JSON value, keys too. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...textsIn(inner)]);
}
