/**
 * Theory of operation. A short self-attack through ordinary calls: the probes of each language run as jobs of the
 * self-test's tenant, a few at a time. Meanwhile a host canary lies in wait, and a job of another tenant runs as a
 * neighbour. Each result is assessed separately; at the end the canary must be untouched and the neighbour unharmed.
 * The verdict of a probe depends on what the engine returns and what the host sees, never on settings.
 */

import { randomBytes, randomUUID } from 'node:crypto';
import type { Check } from '../contract/api/backend-reports.ts';
import type { ExecutionRequest } from '../contract/api/request.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import { textOfThrown } from '../contract/schema/thrown.ts';
import { assessProbe } from './assess-probe.ts';
import { bashProbes } from './bash-probes.ts';
import { type Canary, layCanary } from './canary.ts';
import { checkHostProcesses } from './check-host-processes.ts';
import { javascriptProbes } from './javascript-probes.ts';
import { type Probe, secretName } from './probe.ts';
import { neighbour, pythonProbes } from './python-probes.ts';

/** The part of an engine that a self-test needs. */
export interface SelfTestTarget {
  execute(request: ExecutionRequest): Promise<ExecutionResult>;
}

const tenant = 'hotcell:self-test';
const neighbourTenant = 'hotcell:self-test-neighbour';
/** Probes that run at the same time, besides the neighbour. */
const parallel = 3;
/** Enough for every probe that does not test time limits, even on a busy machine. */
const probeMaxMs = 10_000;
/** The neighbour stops waiting after this time, whatever the probes do. */
const neighbourMaxMs = 60_000;

/**
 * Attacks the host through `engine` and returns one check for each line of the report. Calls `report` with each line as
 * soon as it is known. Never rejects.
 */
export async function runSelfTest(
  engine: SelfTestTarget,
  report: (check: Check) => void,
  signal: AbortSignal,
): Promise<Check[]> {
  try {
    return await attack(engine, report, signal);
  } catch (error) {
    const detail = `could not start: ${textOfThrown(error)}`;
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
  // Ends with characters that every encoding changes.
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

/** A job of another tenant in a container, which runs during the probes. */
class Neighbour {
  readonly token: string = `neighbour-${randomUUID()}`;
  /** Resolves once the job runs, or cannot run. */
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
