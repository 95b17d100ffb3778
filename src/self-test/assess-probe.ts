import type { Check } from '../contract/api/backend-reports.ts';
import type { ExecutionResult } from '../contract/api/result.ts';
import type { Probe } from './probe.ts';

/** Texts that must not be in any result, by description. */
export type Forbidden = Readonly<Record<string, string>>;

const breachLine = /^BREACH (.*)$/gm;
const triedLine = /^TRIED$/m;
/** Runtimes whose guests do not use the host's kernel. */
const ownKernel = /^(runsc|kata)/;
/** Most breaches that one line of the report lists. */
const shownMax = 3;

/** Assesses a probe: `fail` with the breaches, `warn` if it could not be tried. */
export function assessProbe(probe: Probe, result: ExecutionResult, forbidden: Forbidden): Check {
  const name = `${probe.language}: ${probe.name}`;
  const { ends = 'success', holds, remedy } = probe;
  const { error, status } = result;
  if (error?.ran === 'no') {
    const detail = `could not run: ${error.message}`;
    return { name, verdict: 'warn', detail, remedy: `Run "hotcell doctor" to see what ${probe.language} needs.` };
  }

  const { runtime = '' } = result.sandbox ?? {};
  const hasOwnKernel = ownKernel.test(runtime);
  if (probe.sharedKernel && hasOwnKernel) return { name, verdict: 'ok', detail: `${runtime} has its own kernel` };

  const said = `${result.stdout}\n${result.stderr}`;
  const isHarmless = (what: string): boolean => hasOwnKernel && probe.harmlessInOwnKernel?.test(what) === true;
  const { true: harmless = [], false: breaches = [] } = Object.groupBy(
    [...said.matchAll(breachLine)].map(([, what = '']) => what),
    (what) => `${isHarmless(what)}` as const,
  );
  breaches.push(...leaksOf(result, forbidden));
  if (status !== ends) breaches.push(`the job ended as ${status}, not as ${ends}${error ? `: ${error.message}` : ''}`);
  else if (probe.value !== undefined && JSON.stringify(result.value) !== JSON.stringify(probe.value)) {
    breaches.push('the job returned a value that it did not produce');
  }
  if (breaches.length > 0) return { name, verdict: 'fail', detail: `NOT HELD: ${summarise(breaches)}`, remedy };
  if (!triedLine.test(result.stdout)) {
    const again =
      'Try again when the machine is less busy. If this remains, the image is not the one that hotcell builds.';
    return { name, verdict: 'warn', detail: 'the attack did not run, so the result is unknown', remedy: again };
  }
  if (harmless.length > 0) {
    const detail = `held, except for what ${runtime} allows inside its own kernel: ${summarise(harmless)}`;
    return {
      name,
      verdict: 'warn',
      detail,
      remedy: `See docs/threat-model.md for what hotcell does not prevent with ${runtime}.`,
    };
  }
  return { name, verdict: 'ok', detail: holds };
}

/** Descriptions of forbidden texts in the result, in any form that accidents give them. */
function leaksOf(result: ExecutionResult, forbidden: Forbidden): string[] {
  const artifacts = result.artifacts.map(({ path, content }) => path + Buffer.from(content).toString('latin1'));
  const everything = (JSON.stringify({ ...result, artifacts: [] }) + artifacts.join('')).toLowerCase();
  return Object.entries(forbidden)
    .filter(([, text]) => formsOf(text).some((form) => everything.includes(form.toLowerCase())))
    .map(([what]) => `${what} leaked`);
}

/** Separate from the redactor, because it checks the redactor. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const percent = bytes.toString('hex').replaceAll(/../g, '%$&');
  // The last group of base64 depends on the text that follows.
  const base64 = bytes.toString('base64').slice(0, -4);
  return [text, base64, base64.replaceAll('+', '-').replaceAll('/', '_'), bytes.toString('hex'), percent];
}

function summarise(breaches: readonly string[]): string {
  const shown = [...new Set(breaches)];
  const more = shown.length - shownMax;
  return shown.slice(0, shownMax).join('; ') + (more > 0 ? `; and ${more} more` : '');
}
