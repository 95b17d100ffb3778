/**
 * Theory of operation. A short self-attack through the public way of a call: the probes of each language run as jobs of
 * an tenant of the self-test, a few at a time, beside a host canary and a neighbour that is another tenant's running job. Each
 * result is judged by itself; in the end the canary must be untouched and the neighbour unharmed. A probe is judged by
 * what comes out of the engine and by what the host sees, never by trust in the settings.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { ExecutionRequest } from '../contract/api/request.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import type { Check } from '../contract/spi/backend.ts';
import { assessProbe } from './assess-probe.ts';
import { bashProbes } from './bash-probes.ts';
import { type Canary, layCanary } from './canary.ts';
import { checkHostProcesses } from './check-host-processes.ts';
import { javascriptProbes } from './javascript-probes.ts';
import { type Probe, secretName } from './probe.ts';
import { neighbour, pythonProbes } from './python-probes.ts';

/** What a self-test needs of an engine. */
export interface SelfTestTarget {
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
}

const tenant = 'hotcell:self-test';
const neighbourTenant = 'hotcell:self-test-neighbour';
/** Jobs at one time, beside the neighbour. */
const parallel = 3;
/** Enough for every probe that is not about time, also on a machine under load. */
const probeMaxMs = 10_000;
/** The neighbour stops waiting after this, whatever happens to the probes. */
const neighbourMaxMs = 60_000;

/** Attacks the host through `engine` and says, a line each, what held. `report` hears each line as it is known. Never rejects. */
export async function runSelfTest(
  engine: SelfTestTarget,
  report: (check: Check) => void,
  signal: AbortSignal,
): Promise<Check[]> {
  try {
    return await attack(engine, report, signal);
  } catch (error) {
    const detail = `could not start: ${error instanceof Error ? error.message : String(error)}`;
    const remedy = 'Allow this process to write to its temporary folder and to listen on the loopback interface.';
    return [{ name: 'self-test', verdict: 'fail', detail, remedy }];
  }
}

async function attack(engine: SelfTestTarget, report: (check: Check) => void, signal: AbortSignal): Promise<Check[]> {
  await using canary = await layCanary();
  const beside = new Neighbour(engine, signal);
  const probes = [...javascriptProbes, ...pythonProbes, ...bashProbes];
  const checks = new Map<Probe, Check>();
  const waiting = probes.values();
  const work = async (): Promise<void> => {
    for (const probe of waiting) {
      if (probe.name === 'neighbours' && probe.language === 'python') await beside.ready;
      const check = await tryProbe(engine, probe, canary, beside.token, signal);
      checks.set(probe, check);
      report(check);
    }
  };
  const hosts = work().then(checkHostProcesses);
  await Promise.all([hosts, ...Array.from({ length: parallel - 1 }, work)]);

  const ends = [await hosts, await beside.end(), assessCanary(await canary.touched())];
  for (const check of ends) report(check);
  return [...probes.map((probe) => checks.get(probe)).filter((check) => check !== undefined), ...ends];
}

async function tryProbe(
  engine: SelfTestTarget,
  probe: Probe,
  canary: Canary,
  neighbourToken: string,
  signal: AbortSignal,
): Promise<Check> {
  // Ends with what every encoding changes.
  const secret = `${randomBytes(18).toString('base64url')}+?"&`;
  const request = {
    language: probe.language,
    inputs: canary.bait,
    secrets: { [secretName]: secret },
    limits: { timeoutMs: probeMaxMs, ...probe.limits },
    tenant,
    signal,
  };
  if (probe.before !== undefined) await engine.execute({ ...request, code: probe.before });
  const result = await engine.execute({ ...request, code: probe.code });
  return assessProbe(probe, result, {
    'the secret of the request': secret,
    'the token of the canary': canary.token,
    'the token of the neighbour': neighbourToken,
  });
}

/** Another tenant's job in a container, which runs while the probes do. */
class Neighbour {
  readonly token: string = `neighbour-${randomUUID()}`;
  /** Settles once the job runs, or cannot. */
  readonly ready: Promise<void>;
  readonly #release = Promise.withResolvers<void>();
  readonly #result: Promise<ExecutionResult>;

  constructor(engine: SelfTestTarget, signal: AbortSignal) {
    const started = Promise.withResolvers<void>();
    const released = this.#release.promise;
    this.#result = engine.execute({
      language: 'python',
      code: neighbour.code,
      env: { NEIGHBOUR: this.token },
      limits: { timeoutMs: neighbourMaxMs },
      tenant: neighbourTenant,
      stdin: (async function* () {
        started.resolve();
        await released;
        yield '';
      })(),
      signal,
    });
    this.ready = Promise.race([started.promise, this.#result.then(() => undefined)]);
  }

  async end(): Promise<Check> {
    const name = 'the neighbour';
    this.#release.resolve();
    const { status, value, error } = await this.#result;
    if (status === 'success' && value === neighbour.value)
      return { name, verdict: 'ok', detail: 'kept running, unharmed' };
    if (error?.ran === 'no') {
      const remedy = 'Run "hotcell doctor" to see what python needs.';
      return { name, verdict: 'warn', detail: `could not run: ${error.message}`, remedy };
    }
    const detail = `NOT HELD: another tenant's job ended as ${status}: ${error?.message ?? String(value)}`;
    return {
      name,
      verdict: 'fail',
      detail,
      remedy: 'Do not run untrusted code here. Fix the checks above that failed.',
    };
  }
}

function assessCanary(touched: readonly string[]): Check {
  const name = 'the host canary';
  if (touched.length === 0) return { name, verdict: 'ok', detail: 'file, environment and sockets untouched' };
  return {
    name,
    verdict: 'fail',
    detail: `NOT HELD: ${touched.join(' ')}`,
    remedy: 'Do not run untrusted code here. Fix the checks above that failed.',
  };
}
