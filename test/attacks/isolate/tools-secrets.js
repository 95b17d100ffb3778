// tries: tell a tool the secrets that the guest was given, plain and encoded, as values and as keys; read them from what tools answer and throw
// holds: no tool hears one, and no answer and no message holds one
// threat: T16
// ends: success
// tools: yes
// request: { "secrets": { "TOKEN": "tool-token-5e1f77aa90" } }
// proof: ^told 6$

const { TOKEN } = context.env;
const inputs = [TOKEN, [TOKEN], { [TOKEN]: 1 }, { a: { b: `x${TOKEN}y` } }, btoa(TOKEN), encodeURIComponent(TOKEN)];
let told = 0;
for (const input of inputs) {
  if (JSON.stringify(await tools.echo(input)).includes(TOKEN)) console.log('BREACH echoed');
  told += 1;
}
const failure = await tools.leak({ how: 'throw' }).catch((error) => error);
const answer = JSON.stringify(await tools.leak({ how: 'answer' }));
for (const text of [failure.message, failure.stack, answer]) {
  if (text.includes(TOKEN) || text.includes(btoa(TOKEN))) console.log('BREACH heard');
}
console.log('told', told);
