// tries: leave calls under way when the handler answers, and make more of them on every way that is left
// holds: nothing is called once the job is over
// threat: T16
// ends: success
// tools: yes
// request: { "mode": "handler" }

export default async () => {
  tools.slow().then(() => console.log('BREACH an answer after the end'));
  const again = () => tools.echo(1).then(again, again);
  for (let n = 0; n < 30; n += 1) again();
  setInterval(() => tools.echo('late').catch(() => {}), 1);
  queueMicrotask(() => tools.echo('soon').catch(() => {}));
  return 'over';
};
