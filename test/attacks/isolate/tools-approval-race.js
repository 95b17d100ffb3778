// tries: many calls of a tool that may run once, while its approval is still asked for; calls of one that is never approved
// holds: it runs once, and the other never does
// threat: T16
// ends: success
// tools: yes
// proof: ^ran 1 of 100, refused 100$

const attempts = await Promise.allSettled(Array.from({ length: 100 }, () => tools.once()));
const refusals = await Promise.allSettled(Array.from({ length: 100 }, (_, n) => tools.guarded(n)));
const ran = attempts.filter(({ status }) => status === 'fulfilled').length;
console.log(
  `ran ${ran} of 100, refused ${refusals.filter(({ reason }) => reason?.code === 'PERMISSION_DENIED').length}`,
);
