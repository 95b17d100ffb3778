import { z } from 'zod';
import { atMost } from '../schema/at-most.ts';
import { unknownNames } from '../schema/known-names.ts';
import type { ShapeOf } from '../schema/schema-parts.ts';
import { textOfThrown } from '../schema/thrown.ts';
import { AllowList } from './allow-list.ts';
import { connectionsAtOnce, type NetworkLimits, type PartialNetworkLimits } from './network-limits.ts';
import { parsePattern, parseTarget } from './network-target.ts';

/** A header that the engine adds to requests; the guest never sees its value. */
export interface HeaderInjection {
  /**
   * `name` or `name:port` (default 443): only requests to this host get the header, over https; `allow` must cover it.
   */
  readonly host: string;
  readonly header: string;
  /** The header's whole value, as in `Bearer …`; redacted from responses. */
  readonly secret: string;
}

/** The addresses that a guest may reach through the engine; its cell never has a network. */
export interface NetworkPolicy {
  /**
   * `api.example.com:443`, `*.example.org:443` (all names below it, not itself), `93.184.215.14:80`,
   * `[2606:4700::1111]:443`, `*:443` (any name, no address); without a port it is 443. `[]` denies all.
   */
  readonly allow: readonly string[];
  readonly inject?: readonly HeaderInjection[] | undefined;
  readonly limits?: PartialNetworkLimits | undefined;
}

/** Most entries of `allow` and of `inject`. */
const entriesMax = 256;

/** Headers about framing or routing rather than content. */
export const framingHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9110, 5.6.2. */
export const headerNamePattern: RegExp = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,128}$/;
/** Visible ASCII, with spaces or tabs inside; RFC 9110, 5.5 without its obsolete bytes. */
const secretPattern = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

function whole(maximum: number): z.ZodNumber {
  const wanted = `must be a whole number from 1 to ${maximum}`;
  return z.number(wanted).int(wanted).min(1, wanted).max(maximum, wanted);
}

const limitFields = {
  openConnections: whole(connectionsAtOnce),
  connections: whole(1_000_000),
  sentMb: whole(1_048_576),
  connectionSentMb: whole(1_048_576),
  receivedMb: whole(1_048_576),
  connectionReceivedMb: whole(1_048_576),
  connectTimeoutMs: whole(600_000),
  idleTimeoutMs: whole(86_400_000),
  connectionTimeoutMs: whole(86_400_000),
} satisfies ShapeOf<NetworkLimits>;
const networkLimitsShape = z.strictObject(limitFields, { error: unknownNames(Object.keys(limitFields)) });

/** A complete set of {@link NetworkLimits}, for results. */
export const networkLimitsSchema: z.ZodType<NetworkLimits> = networkLimitsShape;

/** Any subset of them, as policies and engines carry it. */
export const partialNetworkLimitsSchema: z.ZodType<PartialNetworkLimits, PartialNetworkLimits> =
  networkLimitsShape.partial();

/** A text that `parse` takes; its reason is the issue. */
function parsedBy(parse: (text: string) => unknown): z.ZodType<string, string> {
  return z
    .string()
    .max(300)
    .superRefine((text, context) => {
      try {
        parse(text);
      } catch (error) {
        context.addIssue({ code: 'custom', message: textOfThrown(error) });
      }
    });
}

const injectionSchema: z.ZodType<HeaderInjection, HeaderInjection> = z.strictObject({
  host: parsedBy(parseTarget),
  header: z
    .string()
    .regex(headerNamePattern, 'must be the name of a header')
    .refine((name) => !framingHeaders.has(name.toLowerCase()), 'must not be a header of the connection itself'),
  secret: z
    .string()
    .max(8_192)
    .regex(secretPattern, 'must be visible ASCII without line ends, and not begin or end with a space'),
});

function entriesOf<Entry>(list: z.ZodType<Entry[], Entry[]>): z.ZodType<Entry[], Entry[]> {
  return atMost(entriesMax, `must not hold more than ${entriesMax} entries`, list);
}

/** Checks a {@link NetworkPolicy}. */
export const networkPolicySchema: z.ZodType<NetworkPolicy, NetworkPolicy> = z
  .strictObject({
    allow: entriesOf(z.array(parsedBy(parsePattern))),
    inject: entriesOf(
      z
        .array(injectionSchema)
        .refine(
          (entries) => new Set(entries.map(keyOf)).size === entries.length,
          'must not name a header of a host twice',
        ),
    ).optional(),
    limits: partialNetworkLimitsSchema.optional(),
  })
  .superRefine(({ allow, inject = [] }, context) => {
    for (const [index, { host }] of inject.entries()) {
      if (isCovered(host, allow)) continue;
      context.addIssue({ code: 'custom', path: ['inject', index, 'host'], message: 'must be covered by allow' });
    }
  });

function isCovered(host: string, allow: readonly string[]): boolean {
  try {
    return new AllowList(allow).allows(parseTarget(host));
  } catch {
    // The entry has its own issue.
    return true;
  }
}

function keyOf({ host, header }: HeaderInjection): string {
  try {
    const target = parseTarget(host);
    return `${header.toLowerCase()} ${target.host} ${target.port}`;
  } catch {
    // The host has its own issue.
    return `${header} ${host}`;
  }
}
