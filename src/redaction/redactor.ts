import { isUtf8 } from 'node:buffer';
import type { Redaction } from '../contract/api/result.ts';
import type { JsonValue } from '../contract/schema/json.ts';
import { KnownValueStream } from './known-values/known-value-stream.ts';
import { createKnownValueSearches } from './known-values/known-values.ts';
import { EmailStream, emailRule } from './patterns/email-stream.ts';
import { isTellingName, pairRules } from './patterns/pair-rules.ts';
import { createRuleSet, patternRuleSet, type RuleSet } from './patterns/pattern-rules.ts';
import { RuleStream } from './patterns/rule-stream.ts';
import { redactValue } from './redact-value.ts';
import { ByteStream } from './streams/byte-stream.ts';
import { chain, markerOf, type StreamRedactor } from './streams/stream-redactor.ts';

export type { StreamRedactor };

/** What to redact besides the secrets of the request. */
export interface RedactionOptions {
  /** Whether the pattern rules apply: keys, tokens, `password=…` and the like. Default `true`. */
  readonly rules?: boolean | undefined;
  /** Whether e-mail addresses are redacted. Default `false`. */
  readonly emails?: boolean | undefined;
}

/**
 * Redacts everything that leaves one job, and counts it. A secret of the request becomes `[redacted:NAME]`, a match of
 * a pattern rule `[redacted:rule]`. `where` is the place under which matches are counted; see `Redaction.where`.
 */
export interface Redactor {
  /** For a text that arrives in pieces. */
  stream(where: string): StreamRedactor;
  text(where: string, text: string): string;
  /**
   * Redacts strings, names of members, and numbers whose decimal text contains a secret (they become strings). Returns
   * a copy.
   */
  value(where: string, value: JsonValue): JsonValue;
  /**
   * Content of a file. Redacts UTF-8 as text; searches other content for secrets byte by byte. Returns `content` itself
   * if nothing was found. Does not look into compressed data.
   */
  bytes(where: string, content: Uint8Array): Uint8Array;
  /** The same for content that arrives in pieces; the rules apply as long as the content is UTF-8. */
  byteStream(where: string): ByteStream;
  /** Matches redacted so far. */
  readonly redactions: readonly Redaction[];
}

/** Makes the redactor of one job. `secrets`: name → value; empty values are ignored. */
export function createRedactor(secrets: Readonly<Record<string, string>>, options: RedactionOptions): Redactor {
  const known = createKnownValueSearches(secrets);
  const { rules = true, emails = false } = options;
  const looksLikeNumber = Object.values(secrets).some((secret) => /^[\d.e+-]+$/i.test(secret));
  const tally = new Tally();

  const knownStream = (where: string): StreamRedactor =>
    new KnownValueStream(known, (name) => tally.count(`secret:${name}`, where));
  const ruleStream = (where: string, set: RuleSet): StreamRedactor =>
    new RuleStream(set, (rule) => tally.count(rule, where));

  const stream = (where: string): StreamRedactor => {
    let streams = knownStream(where);
    if (rules) streams = chain(streams, ruleStream(where, patternRuleSet));
    if (emails) streams = chain(streams, new EmailStream(() => tally.count(emailRule, where)));
    return streams;
  };
  const text = (where: string, whole: string): string => runThrough(stream(where), whole);

  /** Redacts a member if `name="text"` would be redacted. */
  const member = (where: string, name: string, whole: string): string => {
    const clean = text(where, whole);
    if (!rules || clean !== whole || !isTellingName(name)) return clean;
    const pair = `${name}="${whole.replaceAll(/["\\\r\n]/g, '_')}"`;
    let found: string | undefined;
    runThrough(
      new RuleStream(pairRuleSet, (rule) => {
        found = rule;
      }),
      pair,
    );
    if (found === undefined) return clean;
    tally.count(found, where);
    return markerOf(found);
  };

  return {
    stream,
    text,
    value: (where, value) =>
      redactValue(value, {
        text: (whole) => text(where, whole),
        member: (name, whole) => member(where, name, whole),
        number: (number) => {
          if (!looksLikeNumber) return number;
          const digits = String(number);
          const clean = runThrough(knownStream(where), digits);
          return clean === digits ? number : clean;
        },
      }),
    bytes: (where, content) => {
      const isText = isUtf8(content);
      const encoding = isText ? 'utf8' : 'latin1';
      const whole = Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString(encoding);
      const clean = isText ? text(where, whole) : runThrough(knownStream(where), whole);
      return clean === whole ? content : Buffer.from(clean, encoding);
    },
    byteStream: (where) => new ByteStream(known.length > 0 ? knownStream(where) : undefined, stream(where)),
    get redactions() {
      return tally.redactions;
    },
  };
}

const pairRuleSet: RuleSet = createRuleSet(pairRules);

function runThrough(stream: StreamRedactor, text: string): string {
  return stream.push(text) + stream.end();
}

/** Counts redactions by rule and place. */
export class Tally {
  readonly #entries = new Map<string, { readonly rule: string; count: number; readonly where: string }>();

  count(rule: string, where: string): void {
    const key = `${where}\n${rule}`;
    const entry = this.#entries.get(key);
    if (entry) entry.count += 1;
    else this.#entries.set(key, { rule, count: 1, where });
  }

  /** A copy, by first occurrence. */
  get redactions(): readonly Redaction[] {
    return [...this.#entries.values()].map((entry) => ({ ...entry }));
  }
}
