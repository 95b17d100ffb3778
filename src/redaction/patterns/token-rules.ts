import { type PatternRule, tokenStart, untilSpace } from './pattern-rule.ts';
import { serviceTokens } from './service-tokens.ts';
import { endOfWord, gitleaks, type TokenShape } from './token-shape.ts';

/**
 * Tokens of clouds, code hosts, model providers and other large issuers; {@link serviceTokens} has the smaller ones.
 */
const shapes: Readonly<Record<string, TokenShape>> = {
  'aws-access-key-id': {
    prefixes: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    body: `[A-Z2-7]{16}${endOfWord}`,
    bodyMax: 16,
    source: 'AWS IAM user guide, "Unique identifiers"',
  },
  'github-token': {
    prefixes: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
    body: '[A-Za-z0-9]{36,255}',
    bodyMax: 255,
    source: 'GitHub, "Behind GitHub\'s new authentication token formats"',
  },
  'github-fine-grained-token': {
    prefixes: ['github_pat_'],
    body: '[A-Za-z0-9_]{36,255}',
    bodyMax: 255,
    source: 'GitHub, "Introducing fine-grained personal access tokens"',
  },
  'gitlab-token': {
    prefixes: [
      'glpat-',
      'gldt-',
      'glrt-',
      'glcbt-',
      'glptt-',
      'glft-',
      'glimt-',
      'glagent-',
      'gloas-',
      'glsoat-',
      'glffct-',
      'GR1348941',
      '_gitlab_session=',
    ],
    body: '[A-Za-z0-9_.-]{20,300}',
    bodyMax: 300,
    source: 'GitLab documentation, "Token prefixes"',
  },
  'slack-token': {
    prefixes: ['xoxa-', 'xoxb-', 'xoxe-', 'xoxe.', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-', 'xapp-'],
    body: '[A-Za-z0-9.-]{10,400}',
    bodyMax: 400,
    source: 'Slack API documentation, "Token types"',
  },
  'slack-webhook': {
    prefixes: ['hooks.slack.com/'],
    body: '(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,120}',
    bodyMax: 130,
    source: 'Slack API documentation, "Sending messages using incoming webhooks"',
  },
  'discord-webhook': {
    prefixes: ['discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
    body: '[0-9]{15,21}/[A-Za-z0-9_-]{50,100}',
    bodyMax: 122,
    source: 'Discord developer documentation, "Webhook resource"',
  },
  'stripe-key': {
    prefixes: ['sk_live_', 'rk_live_', 'sk_test_', 'rk_test_', 'sk_prod_', 'rk_prod_', 'whsec_'],
    body: '[A-Za-z0-9]{10,250}',
    bodyMax: 250,
    source: 'Stripe documentation, "API keys"',
  },
  'google-api-key': {
    prefixes: ['AIza'],
    body: `[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])`,
    bodyMax: 35,
    source: gitleaks,
  },
  'google-oauth-secret': {
    prefixes: ['GOCSPX-', 'ya29.'],
    body: '[A-Za-z0-9_-]{20,1000}',
    bodyMax: 1000,
    source: 'Google identity documentation, "Using OAuth 2.0 to access Google APIs"',
  },
  'openai-key': {
    prefixes: ['sk-'],
    body: `(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,250}|[A-Za-z0-9]{32,64}${endOfWord})`,
    bodyMax: 258,
    source: gitleaks,
  },
  'anthropic-key': {
    prefixes: ['sk-ant-'],
    body: '[A-Za-z0-9_-]{24,200}',
    bodyMax: 200,
    source: gitleaks,
  },
  'openrouter-key': { prefixes: ['sk-or-v1-'], body: '[0-9a-f]{64}', bodyMax: 64, source: 'OpenRouter documentation' },
  'groq-key': {
    prefixes: ['gsk_'],
    body: '[A-Za-z0-9]{40,64}',
    bodyMax: 64,
    source: 'GitHub secret scanning partners',
  },
  'xai-key': { prefixes: ['xai-'], body: '[A-Za-z0-9]{70,90}', bodyMax: 90, source: 'GitHub secret scanning partners' },
  'hugging-face-token': {
    prefixes: ['hf_', 'api_org_'],
    body: `[A-Za-z0-9]{34,40}${endOfWord}`,
    bodyMax: 40,
    source: 'Hugging Face documentation, "User access tokens"',
  },
  'replicate-token': {
    prefixes: ['r8_'],
    body: `[A-Za-z0-9]{37}${endOfWord}`,
    bodyMax: 37,
    source: 'Replicate documentation',
  },
  'npm-token': {
    prefixes: ['npm_'],
    body: `[A-Za-z0-9]{36}${endOfWord}`,
    bodyMax: 36,
    source: 'GitHub blog, "Announcing npm\'s new access token format"',
  },
  'pypi-token': {
    prefixes: ['pypi-AgE'],
    body: '[A-Za-z0-9_-]{50,1000}',
    bodyMax: 1000,
    source: 'PyPI help, "How can I use API tokens?"',
  },
  'docker-token': {
    prefixes: ['dckr_pat_', 'dckr_oat_'],
    body: '[A-Za-z0-9_-]{24,64}',
    bodyMax: 64,
    source: 'Docker documentation',
  },
  'sendgrid-key': {
    prefixes: ['SG.'],
    body: '[A-Za-z0-9_-]{16,32}[.][A-Za-z0-9_-]{32,64}',
    bodyMax: 97,
    source: gitleaks,
  },
  // At least three characters: a keyword of two would match in every "task".
  'twilio-key': {
    prefixes: [...'0123456789abcdefABCDEF'].map((digit) => `SK${digit}`),
    body: `[0-9a-fA-F]{31}${endOfWord}`,
    bodyMax: 31,
    source: gitleaks,
  },
  'digitalocean-token': {
    prefixes: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
    body: '[0-9a-f]{64}',
    bodyMax: 64,
    source: gitleaks,
  },
  'databricks-token': {
    prefixes: ['dapi'],
    body: `[0-9a-f]{32}(?:-[0-9])?${endOfWord}`,
    bodyMax: 34,
    source: gitleaks,
  },
  'shopify-token': {
    prefixes: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
    body: '[0-9a-fA-F]{32}',
    bodyMax: 32,
    source: gitleaks,
  },
  'vault-token': { prefixes: ['hvs.', 'hvb.'], body: '[A-Za-z0-9_-]{90,300}', bodyMax: 300, source: gitleaks },
  'grafana-token': { prefixes: ['glsa_', 'glc_'], body: '[A-Za-z0-9_+/=]{32,400}', bodyMax: 400, source: gitleaks },
  'notion-token': {
    prefixes: ['ntn_'],
    body: '[A-Za-z0-9]{43,50}',
    bodyMax: 50,
    source: 'Notion developer documentation',
  },
  'linear-key': { prefixes: ['lin_api_'], body: '[A-Za-z0-9]{40}', bodyMax: 40, source: gitleaks },
  'atlassian-token': { prefixes: ['ATATT3'], body: '[A-Za-z0-9_=-]{100,300}', bodyMax: 300, source: gitleaks },
  'age-secret-key': {
    prefixes: ['AGE-SECRET-KEY-1'],
    body: '[A-Z0-9]{58}',
    bodyMax: 58,
    source: 'age, format specification',
  },
  'azure-account-key': {
    prefixes: ['AccountKey=', 'SharedAccessKey='],
    body: '[A-Za-z0-9+/]{43,86}={0,2}',
    bodyMax: 88,
    source: 'Microsoft, "Configure Azure Storage connection strings"',
  },
};

/** The rules for all tokens. */
export const tokenRules: readonly PatternRule[] = Object.entries({ ...shapes, ...serviceTokens }).map(
  ([name, shape]) => {
    const prefixMax = Math.max(...shape.prefixes.map((prefix) => prefix.length));
    const prefixes = shape.prefixes.map((prefix) => prefix.replaceAll('.', '[.]')).join('|');
    return {
      name,
      keywords: [...new Set(shape.prefixes.map((prefix) => prefix.toLowerCase()))],
      expression: new RegExp(`${tokenStart}(?:${prefixes})${shape.body}`, 'y'),
      longest: prefixMax + shape.bodyMax + 1,
      undecided: untilSpace,
      source: shape.source,
    };
  },
);
