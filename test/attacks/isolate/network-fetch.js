// tries: to reach inner hosts, to inject headers and to get hold of an injected secret with fetch, by what its arguments allow to say
// holds: the broker refuses each, follows redirects to allowed hosts alone, and takes the secret's echo out
// threat: T18
// ends: success
// proof: ^tried \d+
// network: that of attack-network.ts
const { open, guarded, plain, inner, innerAddresses, names, reversed } = inputs.net;
const base = `http://127.0.0.1:${open}`;
const secret = [...reversed].reverse().join('');
const forms = [secret, btoa(secret), [...secret].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')];
let tried = 0;
const textOf = async (url, options) => {
  tried += 1;
  try {
    const answer = await fetch(url, options);
    return `${answer.status} ${answer.url} ${JSON.stringify([...answer.headers])} ${await answer.text()}`;
  } catch (error) {
    return `refused ${error.message} ${error.stack}`;
  }
};
const mustFail = async (url, options) => {
  const text = await textOf(url, options);
  if (!text.startsWith('refused '))
    console.log(`BREACH ${url} ${JSON.stringify(options)} answered ${text.slice(0, 100)}`);
};

for (const host of [...innerAddresses, ...names.slice(0, 2), 'localhost']) await mustFail(`http://${host}:${open}/`);
for (const url of [
  `http://127.0.0.1:${inner}/`,
  `http://2130706433:${inner}/`,
  `http://127.1:${inner}/`,
  `http://[::ffff:7f00:1]:${open}/`,
  `http://u:p@127.0.0.1:${open}/`,
  'file:///etc/passwd',
  'data:,x',
  'blob:x',
  `ftp://127.0.0.1:${open}/`,
  `ws://127.0.0.1:${open}/`,
  'about:blank',
  '//x',
])
  await mustFail(url);
for (const path of ['/to-inner', '/to-metadata', '/to-file', '/loop']) await mustFail(base + path);
for (const headers of [
  { 'X-A': 'b\r\nX-Injected: c' },
  { 'X-A\r\nX-Injected': 'c' },
  { 'X-A': 'b\nX-Injected: c' },
  { 'X-A': '\u{1f4a3}' },
  { Host: 'inner' },
  { 'Transfer-Encoding': 'chunked' },
  { 'Content-Length': '5' },
  { Connection: 'x-a' },
  { Upgrade: 'h2c' },
  { 'Proxy-Authorization': 'x' },
  [['', 'x']],
  Array.from({ length: 200 }, (_, n) => [`X-${n}`, 'y']),
  { 'X-Long': 'y'.repeat(70_000) },
])
  await mustFail(base + '/', { headers });
for (const method of ['CONNECT', 'TRACE', 'GET / HTTP/1.1\r\nX-Injected: y\r\n\r\n', ''])
  await mustFail(base + '/', { method });

const seen = [];
for (const url of [`https://api.example:${guarded}/`, `http://api.example:${guarded}/`]) {
  seen.push(await textOf(url), await textOf(url, { headers: { Range: 'bytes=0-3', 'Accept-Encoding': 'gzip' } }));
  await mustFail(url, { headers: { 'X-Api-Key': 'mine' } });
  await mustFail(url, { headers: { x_api_key: 'mine' } });
}
seen.push(await textOf(`http://api.example:${plain}/`), await textOf(`https://api.example:${plain}/`));
if (!seen[0].includes('[redacted:')) console.log('BREACH the secret was not sent, so nothing was tried');
for (const text of seen)
  if (forms.some((form) => text.includes(form))) console.log(`BREACH the secret came: ${text.slice(0, 100)}`);
for (let turn = 0; turn < 8; turn += 1) {
  const text = await textOf(`http://rebind.example:${open}/`);
  if (!text.startsWith('refused ') && !text.endsWith(' fine'))
    console.log(`BREACH rebinding answered ${text.slice(0, 100)}`);
}
console.log(`tried ${tried}`);
