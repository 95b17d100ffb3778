// tries: to read the environment of the host: variables, user, folders, time zone, locale
// holds: the guest has its own environment only
// threat: T14
// ends: success
// proof: ^environment \{\}$

console.log('environment', context.env);
const { environmentName, file, pid } = inputs.canary;
if (context.env[environmentName] !== undefined) console.log('BREACH', environmentName);
for (const name of ['PATH', 'HOME', 'USER', 'PWD', 'NODE_OPTIONS', 'DOCKER_HOST', environmentName]) {
  if (context.env[name] !== undefined) console.log('BREACH', name);
}
const attempts = [
  () => context.files.read(file),
  () => context.files.read(`/proc/${pid}/environ`),
  () => context.files.read('/proc/self/environ'),
];
for (const attempt of attempts) {
  try {
    console.log('BREACH', attempt());
  } catch {}
}
const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
if (!/^(UTC|Etc\/UTC|Etc\/Unknown|GMT|Etc\/GMT)$/.test(timeZone)) console.log('told:', timeZone);
