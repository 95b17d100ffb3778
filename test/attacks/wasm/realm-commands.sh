# tries: reach JavaScript, the network or the host's files by commands of the simulated shell
# holds: commands that could are not there; what is, sees files in memory alone
# threat: T1
# ends: success error
# proof: tried

for command in node js-exec python3 python curl wget sqlite3 ssh nc; do
  if type "$command" >/dev/null 2>&1; then echo "there is $command"; fi
done
js-exec 'console.log("BREACH " + typeof process)' 2>/dev/null
curl -s http://127.0.0.1/ 2>/dev/null && echo "BREACH curl"
for file in /etc/shadow /etc/passwd /proc/self/environ /proc/1/environ; do
  if grep -q . "$file" 2>/dev/null; then echo "BREACH $file"; fi
done
echo tried
