import { type PatternRule, untilLineEnd, untilSpace } from './pattern-rule.ts';
import { gitleaks } from './token-shape.ts';

const blockMax = 8_192;
const keyHeader = '-----BEGIN[A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----';
const keyFooter = '-----END[A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----';
/** Neither body reaches past the next header or footer, so that a header without a footer costs one search only. */
const keyBody = `(?:[^-]|-(?!----)){0,${blockMax}}`;
const keyBodyOnly = `(?:[A-Za-z0-9+/=:,\\s\\\\]|-(?!----)){0,${blockMax}}`;

/** Secrets that have a known structure. */
export const structureRules: readonly PatternRule[] = [
  {
    name: 'private-key',
    keywords: ['-----begin'],
    // Without a footer, redact everything that looks like the inside of a key.
    expression: new RegExp(`${keyHeader}(?:${keyBody}${keyFooter}|${keyBodyOnly})`, 'y'),
    longest: blockMax + 128,
    undecided: new RegExp(
      `-----BEGIN[A-Z0-9 ]{0,48}(?:-{0,5}$|(?<=PRIVATE KEY(?: BLOCK)?)-----${keyBody}(?:(?!${keyFooter})-----(?:E|EN|END[A-Z0-9 ]{0,48}-{0,5})?)?$)`,
      'y',
    ),
    source: 'RFC 7468; OpenSSH, PROTOCOL.key; RFC 9580, section 6.2',
  },
  {
    name: 'jwt',
    keywords: ['eyj'],
    expression: /(?:(?<![\w-])|(?<=\\[bfnrt]|%[0-9A-Fa-f]{2}))eyJ[\w-]{8,1024}\.[\w-]{8,8192}\.[\w-]{16,1024}/y,
    longest: 10_300,
    undecided: untilSpace,
    source: 'RFC 7519, section 3.1',
  },
  {
    name: 'authorization',
    keywords: ['authorization', 'bearer '],
    expression:
      /((?:authorization(?:\\{0,3}["'])?[ \t]{0,4}[:=,][ \t]{0,4}(?:\\{0,3}["'])?(?:(?:bearer|basic|token|apikey|api-key) {1,4}(?!\[redacted:)|(?=[\w.~+/=-]{0,64}\d)(?=[\w.~+/=-]{16}))|bearer (?=[\w.~+/=-]{0,64}\d)(?=[\w.~+/=-]{16})))[\w.~+/=:-]{6,4096}/iy,
    longest: 4_200,
    undecided: untilLineEnd,
    source: 'RFC 6750, section 2.1; RFC 7617',
  },
  {
    name: 'connection-string',
    keywords: ['://'],
    expression: /(:\/\/[^\s:@/?#"'<>\\]{0,128}:)(?!\[redacted:|\$|\{|<|%[sd])[^\s@/?"'<>\\]{1,256}(?=@)/y,
    longest: 400,
    undecided: untilSpace,
    source: 'RFC 3986, section 3.2.1',
  },
  {
    name: 'aws-secret-access-key',
    keywords: ['aws_sec', 'aws-sec', 'awssec', 'aws sec'],
    expression:
      /(aws[_ -]?secret[_ -]?(?:access[_ -]?)?key(?:\\{0,3}["'])?[ \t]{0,8}(?:=>|:=|=|:)[ \t]{0,8}(?:\\{0,3}["'])?)[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/iy,
    longest: 128,
    undecided: untilLineEnd,
    source: 'AWS IAM user guide, "Manage access keys for IAM users"',
  },
  {
    name: 'telegram-bot-token',
    keywords: [':aa'],
    expression: /(?<=(?<!\d)\d{8,10}):AA[\w-]{33}(?![\w-])/y,
    longest: 37,
    undecided: untilSpace,
    source: 'Telegram Bot API, "Authorizing your bot"',
  },
  {
    name: 'terraform-token',
    keywords: ['.atlasv1.'],
    expression: /(?<=(?<![A-Za-z0-9])[A-Za-z0-9]{14})\.atlasv1\.[\w=-]{60,70}/y,
    longest: 80,
    undecided: untilSpace,
    source: gitleaks,
  },
  {
    name: 'azure-client-secret',
    keywords: ['7q~', '8q~'],
    expression: /(?<=(?<![\w~.-])[\w~.-]{3})[78]Q~[\w~.-]{31,34}(?![\w~.-])/y,
    longest: 39,
    undecided: untilSpace,
    source: gitleaks,
  },
  {
    name: 'registry-auth',
    keywords: ['"auth"', '"auth\\"'],
    expression: /("auth\\{0,3}"[ \t]{0,8}:[ \t]{0,8}\\{0,3}")[A-Za-z0-9+/]{12,4096}={0,2}/iy,
    longest: 4_140,
    undecided: untilLineEnd,
    source: 'Docker documentation, "docker login", credential stores',
  },
  {
    name: 'curl-user',
    keywords: ['curl '],
    expression:
      /(curl (?:(?:(?!curl )[^\r\n]){0,200}? )?(?:-u|--user)[ =]?(?:\\{0,3}["'])?[^\s:"'\\$]{0,64}:)(?![$*<{]|\[redacted:)[^\s"'\\]{3,256}/iy,
    longest: 560,
    undecided: untilLineEnd,
    source: gitleaks,
  },
];
