import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type GoFunctions, GoReader, type GoValue, tokensOf } from './go-source.ts';
import type { Vector } from './vector.ts';

const sized =
  (characters: string) =>
  (size = '1'): string =>
    `[${characters}]{${size}}`;

/** Reads the positive and negative examples of each rule from a checkout of gitleaks. */
export function readGitleaks(folder: string): Vector[] {
  const generator = join(folder, 'cmd/generate/config');
  const templates = sampleTemplates(readFileSync(join(generator, 'utils/generate.go'), 'utf8'));
  const sample = (template: string, name: string, secret: string): string =>
    template.replaceAll('{i}', name).replaceAll('{I}', name.toUpperCase()).replaceAll('{s}', secret);
  const functions: GoFunctions = {
    'utils.Numeric': sized('0-9'),
    'utils.Hex': sized('a-f0-9'),
    'utils.AlphaNumeric': sized('a-z0-9'),
    'utils.AlphaNumericExtendedShort': sized('a-z0-9_-'),
    'utils.AlphaNumericExtended': sized('a-z0-9=_-'),
    'utils.AlphaNumericExtendedLong': sized('a-z0-9/=_+-'),
    'utils.Hex8_4_4_4_12': () => '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}',
    'secrets.NewSecret': randomText,
    'utils.GenerateSampleSecret': (name = '', secret = '') => `${name}_api_token = "${secret}"`,
    'utils.GenerateSampleSecrets': (name = '', secret = '') => templates.map((text) => sample(text, name, secret)),
  };
  const rules = readRules(readFileSync(join(folder, 'config/gitleaks.toml'), 'utf8'));
  const pages = readdirSync(join(generator, 'rules')).filter((name) => /^(?!config|.*_test).*\.go$/.test(name));
  return pages.flatMap((name) =>
    readFileSync(join(generator, 'rules', name), 'utf8')
      .split(/^func /m)
      .flatMap((body) => readRule(body, functions, rules)),
  );
}

function readRule(body: string, functions: GoFunctions, rules: ReadonlyMap<string, RegExp>): Vector[] {
  const rule = /RuleID:\s*"([^"]+)"/.exec(body)?.[1];
  if (rule === undefined) return [];
  const tokens = tokensOf(body);
  const variables = new Map<string, GoValue>();
  const reader = new GoReader(tokens, functions, variables);
  while (reader.at < tokens.length) {
    const name = reader.take();
    if (!/^[A-Za-z_]\w*$/.test(name) || (reader.next !== ':=' && reader.next !== '=')) continue;
    reader.take();
    variables.set(name, reader.expression());
  }
  const texts = (name: string): readonly string[] => [variables.get(name) ?? []].flat();
  const expression = rules.get(rule);
  return [
    ...texts('tps').map((text) => ({ rule, text, secrets: [secretIn(text, expression)] })),
    ...texts('fps').map((text) => ({ rule, text, secrets: [] })),
  ];
}

/** The text that gitleaks itself would report: the first group that matched, else the whole match. */
function secretIn(text: string, expression: RegExp | undefined): string {
  const match = expression?.exec(text);
  return match?.slice(1).find((group) => group) ?? match?.[0] ?? text;
}

/** The regular expressions of the rules that V8 accepts unchanged. */
function readRules(toml: string): Map<string, RegExp> {
  const rules = new Map<string, RegExp>();
  for (const part of toml.split('[[rules]]').slice(1)) {
    const id = /^id = "([^"]+)"/m.exec(part)?.[1];
    const source = /^regex = '''([\s\S]*?)'''/m.exec(part)?.[1];
    if (id === undefined || source === undefined) continue;
    const ignoresCase = source.startsWith('(?i)');
    const translated = source
      .replace(/^\(\?i\)/, '')
      .replaceAll('(?P<', '(?<')
      .replaceAll('[[:alnum:]]', '[A-Za-z0-9]')
      .replaceAll('\\z', '$');
    try {
      rules.set(id, new RegExp(translated, ignoresCase ? 'i' : ''));
    } catch {
      // V8 cannot read this one: its examples count as a whole.
    }
  }
  return rules;
}

/** The forms of code and configuration in which gitleaks tests each sample. */
function sampleTemplates(source: string): readonly string[] {
  const tokens = tokensOf(source.slice(source.indexOf('samples := map')));
  const reader = new GoReader(tokens.slice(2), {}, new Map());
  return [reader.expression() ?? []].flat();
}

/** A text that an expression matches; the same in each run. */
function randomText(expression = ''): string {
  const source = expression
    .replaceAll(/\(\?i\)|\\b/g, '')
    .replaceAll('\\/', '/')
    .replaceAll('/', '\\/');
  const texts = fc.noBias(fc.stringMatching(new RegExp(`^(?:${source})$`)));
  const [text = ''] = fc.sample(texts, { numRuns: 1, seed: 7 });
  return text;
}
