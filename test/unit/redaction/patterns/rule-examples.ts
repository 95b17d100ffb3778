import { alnum, hex, type RuleExamples, token, upper } from '../example-texts.ts';
import { serviceTokenExamples } from './service-token-examples.ts';

const pem = (kind: string): string =>
  ['-----BEGIN ', `${kind}-----\n`, `${alnum(64)}\n`.repeat(5), `${alnum(20)}==\n`, '-----END ', `${kind}-----`].join(
    '',
  );
const jwt = [`eyJ${alnum(20)}`, `eyJ${alnum(60)}`, alnum(43)].join('.');

/** By name of the rule. */
export const ruleExamples: Readonly<Record<string, RuleExamples>> = Object.fromEntries([
  token('aws-access-key-id', 'AKIA', upper(16), upper(15), `ASIA${upper(16)}`),
  token('github-token', 'ghp_', alnum(36), alnum(30), `gho_${alnum(36)}`, `ghs_${alnum(40)}`, `ghr_${alnum(76)}`),
  token('github-fine-grained-token', 'github_pat_', `${alnum(22)}_${alnum(59)}`, alnum(20)),
  token('gitlab-token', 'glpat-', alnum(20), alnum(10), `glrt-t1_${alnum(20)}`),
  token(
    'slack-token',
    'xoxb-',
    `123456789012-${alnum(24)}`,
    '1234',
    `xoxp-123456789012-${hex(32)}`,
    `xapp-1-${alnum(40)}`,
  ),
  token('slack-webhook', 'hooks.slack.com/', `services/T00000000/B00000000/${alnum(24)}`, 'services/T0'),
  token('discord-webhook', 'discord.com/api/webhooks/', `123456789012345678/${alnum(68)}`, '123/abc'),
  token('stripe-key', 'sk_live_', alnum(24), alnum(8), `rk_live_${alnum(99)}`, `sk_test_${alnum(24)}`),
  token('google-api-key', 'AIza', alnum(35), alnum(34)),
  token('google-oauth-secret', 'GOCSPX-', alnum(28), alnum(10), `ya29.${alnum(120)}`),
  token('openai-key', 'sk-', alnum(48), 'fading-circle-dot-animation', `sk-proj-${alnum(20)}_${alnum(100)}`),
  token('anthropic-key', 'sk-ant-', `api03-${alnum(93)}`, 'api03'),
  token('openrouter-key', 'sk-or-v1-', hex(64), hex(60)),
  token('groq-key', 'gsk_', alnum(52), alnum(30)),
  token('xai-key', 'xai-', alnum(80), alnum(40)),
  token('hugging-face-token', 'hf_', alnum(34), alnum(20), `api_org_${alnum(34)}`),
  token('replicate-token', 'r8_', alnum(37), alnum(30)),
  token('npm-token', 'npm_', alnum(36), alnum(20)),
  token('pypi-token', 'pypi-AgE', alnum(150), alnum(20)),
  token('docker-token', 'dckr_pat_', alnum(27), alnum(10)),
  token('sendgrid-key', 'SG.', `${alnum(22)}.${alnum(43)}`, alnum(22)),
  token('twilio-key', 'SK', hex(32), hex(30)),
  token('digitalocean-token', 'dop_v1_', hex(64), hex(40)),
  token('databricks-token', 'dapi', hex(32), hex(20)),
  token('shopify-token', 'shpat_', hex(32), hex(20)),
  token('vault-token', 'hvs.', alnum(95), alnum(30)),
  token('grafana-token', 'glsa_', `${alnum(32)}_${hex(8)}`, alnum(10)),
  token('notion-token', 'ntn_', alnum(46), alnum(20)),
  token('linear-key', 'lin_api_', alnum(40), alnum(20)),
  token('atlassian-token', 'ATATT3', alnum(180), alnum(40)),
  token('age-secret-key', 'AGE-SECRET-KEY-1', upper(58), upper(30)),
  token('azure-account-key', 'AccountKey=', `${alnum(86)}==`, alnum(20), `SharedAccessKey=${alnum(43)}=`),
  ...serviceTokenExamples,
  token('jwt', 'eyJ', jwt.slice(3), alnum(40)),
  [
    'private-key',
    {
      redacted: [
        ...[
          'PRIVATE KEY',
          'RSA PRIVATE KEY',
          'EC PRIVATE KEY',
          'OPENSSH PRIVATE KEY',
          'ENCRYPTED PRIVATE KEY',
          'PGP PRIVATE KEY BLOCK',
        ].map((kind) => [`a\n${pem(kind)}\nb`, 'a\n[redacted:private-key]\nb'] as const),
        [JSON.stringify({ private_key: pem('PRIVATE KEY') }), '{"private_key":"[redacted:private-key]"}'],
        // Without a footer, everything that looks like the inside of a key is redacted.
        [`${pem('PRIVATE KEY').slice(0, 200)}\n(cut)`, '[redacted:private-key](cut)'],
      ],
      untouched: [pem('CERTIFICATE'), pem('PUBLIC KEY'), '-----BEGIN', '-----BEGIN PRIVATE KEY', 'BEGIN PRIVATE KEY'],
    },
  ],
  [
    'authorization',
    {
      redacted: [
        [`Authorization: Bearer ${alnum(30)}\n`, 'Authorization: Bearer [redacted:authorization]\n'],
        ['authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [redacted:authorization]'],
        [`{"Authorization": "Token ${hex(40)}"}`, '{"Authorization": "Token [redacted:authorization]"}'],
        [`curl -H 'authorization: bearer ${alnum(20)}'`, `curl -H 'authorization: bearer [redacted:authorization]'`],
        [`sent Bearer ${alnum(24)}.`, 'sent Bearer [redacted:authorization]'],
        [`-H 'Authorization:  ${hex(40)}'`, "-H 'Authorization:  [redacted:authorization]'"],
      ],
      untouched: [
        'Authorization: required',
        'a bearer token is needed',
        'Bearer authentication-by-header',
        'the bearer of this letter',
      ],
    },
  ],
  [
    'connection-string',
    {
      redacted: [
        ['postgres://app:s3cr3t@db:5432/x', 'postgres://app:[redacted:connection-string]@db:5432/x'],
        ['redis://:pa55%40@cache/0', 'redis://:[redacted:connection-string]@cache/0'],
        [
          'url="https://bob:hunter2@example.org/p?q=1"',
          'url="https://bob:[redacted:connection-string]@example.org/p?q=1"',
        ],
      ],
      untouched: [
        'https://example.org:8080/a@b',
        'https://example.org/x:y@z',
        'postgres://app@db/x',
        'postgres://app:$PW@db',
        'a://b:c',
      ],
    },
  ],
  [
    'aws-secret-access-key',
    {
      redacted: [
        [`aws_secret_access_key = ${alnum(40)}`, 'aws_secret_access_key = [redacted:aws-secret-access-key]'],
        [
          `export AWS_SECRET_ACCESS_KEY="${alnum(40)}"`,
          'export AWS_SECRET_ACCESS_KEY="[redacted:aws-secret-access-key]"',
        ],
      ],
      untouched: ['aws_secret_access_key is not set', 'AWS_SECRET_ACCESS_KEY='],
    },
  ],
  [
    'telegram-bot-token',
    {
      redacted: [[`bot123456789:AA${alnum(33)}/getMe`, 'bot123456789[redacted:telegram-bot-token]/getMe']],
      untouched: [`12:AA${alnum(33)}`, `123456789:AA${alnum(20)}`, 'MAC 00:AA:11'],
    },
  ],
  [
    'terraform-token',
    {
      redacted: [[`x ${alnum(14)}.atlasv1.${alnum(67)}`, `x ${alnum(14)}[redacted:terraform-token]`]],
      untouched: [`${alnum(13)}.atlasv1.${alnum(67)}`, `${alnum(14)}.atlasv1.${alnum(30)}`, '.atlasv1.'],
    },
  ],
  [
    'azure-client-secret',
    {
      redacted: [
        [`<value>${alnum(3)}8Q~${alnum(34)}</value>`, `<value>${alnum(3)}[redacted:azure-client-secret]</value>`],
      ],
      untouched: [`${alnum(3)}8Q~${alnum(20)}`, `${alnum(9)}8Q~${alnum(34)}`, '8q~'],
    },
  ],
  [
    'registry-auth',
    {
      redacted: [
        [`{"auths": {"r": {"auth": "${alnum(27)}="}}}`, '{"auths": {"r": {"auth": "[redacted:registry-auth]"}}}'],
        [`{\\"auth\\":\\"${alnum(28)}\\"}`, '{\\"auth\\":\\"[redacted:registry-auth]\\"}'],
      ],
      untouched: ['"auth": "none"', '"auth": true', '"auth": {"kind": "basic"}', '"auth":"user@example"'],
    },
  ],
  [
    'curl-user',
    {
      redacted: [
        ['curl -u elastic:P4ss.w0rd https://x', 'curl -u elastic:[redacted:curl-user] https://x'],
        ['curl -s --user "bob:hunter2" x', 'curl -s --user "bob:[redacted:curl-user]" x'],
      ],
      untouched: [
        'curl -u bob https://x:8080/',
        'curl -u "$USER:$PASS" x',
        'curl https://example.org:8080/a',
        'use curl -u user',
      ],
    },
  ],
  [
    'password',
    {
      redacted: [
        ['password=hunter2', 'password=[redacted:password]'],
        ['DB_PASSWORD=correct-horse', 'DB_PASSWORD=[redacted:password]'],
        ['{"password": "hunter2", "user": "bob"}', '{"password": "[redacted:password]", "user": "bob"}'],
        ['{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"[redacted:password]\\"}'],
        ['{"password":"a \\"quoted\\" one","n":1}', '{"password":"[redacted:password]","n":1}'],
        ['  password: hunter2\n  user: bob', '  password: [redacted:password]\n  user: bob'],
        ["passwd = 'hunter2'", "passwd = '[redacted:password]'"],
        ['?user=bob&password=hunter2&x=1', '?user=bob&password=[redacted:password]&x=1'],
        ['dbPassword => "hunter2"', 'dbPassword => "[redacted:password]"'],
        ['passphrase: "several words in a row"', 'passphrase: "[redacted:password]"'],
        ['<password>hunter2</password>', '<password>[redacted:password]</password>'],
        ['<password>\n    hunter2\n</password>', '<password>\n    [redacted:password]\n</password>'],
        ['<add key="Password" value="hunter2" />', '<add key="Password" value="[redacted:password]" />'],
        ['{"name": "DB_PASSWORD", "value": "hunter2"}', '{"name": "DB_PASSWORD", "value": "[redacted:password]"}'],
        ['setProperty("DB_PASSWORD", "hunter2")', 'setProperty("DB_PASSWORD", "[redacted:password]")'],
        ['var password string = "hunter2"', 'var password string = "[redacted:password]"'],
        ['PASSWORD ?= hunter2', 'PASSWORD ?= [redacted:password]'],
        ['if (password != "hunter2")', 'if (password != "[redacted:password]")'],
        ['DB_PASS=hunter2', 'DB_PASS=[redacted:password]'],
        ["os.environ['PASSWORD'] = 'hunter2'", "os.environ['PASSWORD'] = '[redacted:password]'"],
      ],
      untouched: [
        'password=None',
        'password=',
        'password=""',
        'password: null',
        'password=password',
        'password = os.environ["PW"]',
        'password = getpass()',
        'password = config.password',
        'password=$PASSWORD',
        'password: ${{ secrets.PW }}',
        'password=********',
        'password = data["password"]',
        'Password: must be at least 8 characters',
        'enter your password:',
        'password: string',
        'password=<password>',
        'wrong password',
        'password: [redacted:DB]',
        'PWD=/workspace',
        'password = var.db_password',
        '<password></password>',
        '<password> some prose that goes on',
        '["password", "user", "age"]',
        'columns: "password", "user"',
        'the password is checked: if it is wrong, try again',
      ],
    },
  ],
  [
    'api-key',
    {
      redacted: [
        ['api_key=abcd1234', 'api_key=[redacted:api-key]'],
        ['X-Api-Key: abcd1234\r\n', 'X-Api-Key: [redacted:api-key]\r\n'],
        ['"apiKey": "abcd1234"', '"apiKey": "[redacted:api-key]"'],
        ['apikey: abcd1234', 'apikey: [redacted:api-key]'],
        ['encryption_key := abcd1234', 'encryption_key := [redacted:api-key]'],
      ],
      untouched: [
        'api_key=None',
        'api key: see the documentation',
        'api_keys=3',
        'apiKey: string',
        'generate(privateKey: Uint8Array, publicKey: KeyObject)',
        'privateKey: Buffer;',
        'api_key = get_key(name)',
      ],
    },
  ],
  [
    'secret',
    {
      redacted: [
        ['secret=s3cr3t', 'secret=[redacted:secret]'],
        ['client_secret: "abcd1234"', 'client_secret: "[redacted:secret]"'],
        ['SECRET_KEY=django-insecure', 'SECRET_KEY=[redacted:secret]'],
        ['clientSecret="abcd1234"', 'clientSecret="[redacted:secret]"'],
      ],
      untouched: [
        'secret=true',
        'the secret: never give up trying',
        'secrets=abcd1234',
        'secret = vault.read("x")',
        'secretary: Alice',
      ],
    },
  ],
  [
    'token',
    {
      redacted: [
        ['token=abcd1234', 'token=[redacted:token]'],
        ['"access_token":"abcd1234efgh"', '"access_token":"[redacted:token]"'],
        ['refreshToken: abcd1234', 'refreshToken: [redacted:token]'],
      ],
      untouched: [
        'max_tokens=4096',
        'token=word',
        'token: identifier',
        'next_token=abcd12345678',
        'nextPageToken: abcd12345678',
        'Token(type=NAME, token=foo1)',
      ],
    },
  ],
] as [string, RuleExamples][]);
