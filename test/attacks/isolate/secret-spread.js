// tries: to carry a secret out by every field that a result has, in pieces, in keys, in names, in encodings
// holds: redaction, whatever the chunking; the runner looks for the secret in the whole result
// threat: T11
// ends: error
// proof: ^spread$
// request: {"secrets":{"API_KEY":"s3cr3t+value/with=signs&more"},"collect":["**"]}

const secret = context.env.API_KEY;
console.log('spread');
console.log(
  secret,
  { [secret]: secret },
  [secret],
  new Error(secret),
  encodeURIComponent(secret),
  btoa(secret),
  JSON.stringify(secret),
);
console.error(`${secret}${secret}`, btoa(`x${secret}`), btoa(`xx${secret}`));
console.group(secret);
console.table([{ [secret]: 1 }]);
console.count(secret);
console.log('%s%s', secret.slice(0, 9), secret.slice(9));
console.log([...secret].map((letter) => letter.charCodeAt(0).toString(16).padStart(2, '0')).join(''));
context.files.write(`output/${secret.replaceAll('/', '_')}`, secret);
context.files.write(`output/in/${encodeURIComponent(secret)}.json`, JSON.stringify({ [secret]: secret }));
context.files.write('output/binary', new Uint8Array([0, 255, ...new TextEncoder().encode(secret), 0]));
const error = new Error(`the key is ${secret}`);
error.name = `Key${secret}`;
throw error;
