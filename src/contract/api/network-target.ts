import { isIPv4, isIPv6 } from 'node:net';
import { domainToASCII } from 'node:url';

/** A host in normalized form, for comparison. */
export interface NetworkHost {
  /**
   * A name in lower case and punycode without a trailing dot; IPv4 in dotted decimal; IPv6 as in RFC 5952, without
   * brackets.
   */
  readonly host: string;
  readonly kind: 'name' | 'address';
}

/** A {@link NetworkHost} and a port from 1 to 65535. */
export interface NetworkTarget extends NetworkHost {
  readonly port: number;
}

/** An entry of `network.allow`. */
export interface NetworkPattern extends NetworkTarget {
  /** `host`: that host. `below`: names below `host`, not `host` itself. `names`: any name; `host` is empty. */
  readonly scope: 'host' | 'below' | 'names';
}

/** The port of a text without one. */
const defaultPort = 443;

const labelPattern = /^[a-z0-9_-]{1,63}$/;

/**
 * Reads a host as written by a guest or a caller. Names may be international. Refuses forms that programs read
 * differently: addresses in octal, hexadecimal, short or decimal notation, zones, escapes, empty labels.
 * @throws {TypeError} with the reason, to follow `must …`.
 */
export function parseHost(text: string): NetworkHost {
  if (text.startsWith('[') && text.endsWith(']')) {
    const inner = text.slice(1, -1);
    if (!isIPv6(inner)) throw new TypeError('must have an IPv6 address in its brackets');
    return parseHost(inner);
  }
  if (isIPv4(text)) return { host: text, kind: 'address' };
  if (isIPv6(text)) {
    if (text.includes('%')) throw new TypeError('must not have an IPv6 zone');
    return { host: new URL(`http://[${text}]`).hostname.slice(1, -1), kind: 'address' };
  }
  if (/[^A-Za-z0-9._\-\u0080-\uffff]/.test(text)) throw new TypeError('must be a host name or an address');
  const name = domainToASCII(text.replace(/\.$/, ''));
  if (isIPv4(name)) throw new TypeError(`must have its address in the usual notation, which is ${name}`);
  // `domainToASCII` has removed letters that Unicode maps to nothing and has mapped other dots to `.`; the check is on
  // its result.
  if (name.length > 253 || !name.split('.').every((label) => labelPattern.test(label))) {
    throw new TypeError('must be a host name or an address');
  }
  return { host: name, kind: 'name' };
}

/**
 * Reads `host`, `host:port` or `[address]:port`; without a port it is 443.
 * @throws {TypeError} with the reason, to follow `must …`.
 */
export function parseTarget(text: string, portWithout: number = defaultPort): NetworkTarget {
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::([^:]*))?$/.exec(text) ?? [];
  if (host === '') throw new TypeError('must be host:port, with brackets around an IPv6 address');
  return { ...parseHost(host), port: port === undefined ? portWithout : parsePort(port) };
}

/**
 * Reads an entry of `network.allow`: a {@link parseTarget} text, `*.name:port`, or `*:port`.
 * @throws {TypeError} with the reason, to follow `must …`.
 */
export function parsePattern(text: string): NetworkPattern {
  const bare = /^\*(?::(.*))?$/.exec(text);
  if (bare)
    return { scope: 'names', host: '', kind: 'name', port: bare[1] === undefined ? defaultPort : parsePort(bare[1]) };
  if (!text.startsWith('*.')) return { scope: 'host', ...parseTarget(text) };
  const target = parseTarget(text.slice(2));
  if (target.kind === 'address') throw new TypeError('must have a name after "*.", not an address');
  return { scope: 'below', ...target };
}

/** Decimal digits only, without a leading zero. */
function parsePort(text: string): number {
  const port = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new TypeError('must have a port from 1 to 65535');
  return port;
}
