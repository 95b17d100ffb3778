// tries: output on which the redactor's rules would work for ever: near misses, unclosed blocks, endless words
// holds: linear time: the result is there in its time
// threat: T11
// ends: success output_limit
// proof: ^hostile$
// request: {"limits":{"outputKb":1024,"timeoutMs":60000},"secrets":{"A":"aaaaaaaaaaaaaaaa","B":"aaaaaaaaaaaaaaab"}}

console.log('hostile');
const near = [
  'password=',
  'api_key="',
  '-----BEGIN RSA PRIVATE KEY-----',
  'eyJ',
  'AKIA',
  'ghp_',
  'sk_live_',
  'a',
  'a.a',
  'a@',
  '://u:',
  'secret: ',
  '\\\\"',
  'xoxb-',
];
for (const start of near) console.log(start.repeat(Math.ceil(60_000 / start.length)));
for (const start of near) console.error(`${start}${'a'.repeat(60_000)}`);
'eyJ'.repeat(100_000);
