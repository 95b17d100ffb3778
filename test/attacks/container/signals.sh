# tries: every signal to the runner, to everybody, to its own group, and to numbers that might be the host's
# holds: only its own family hears
# threat: T4
# ends: success
# proof: tried

host=$(jq -r .canary.pid "$HOTCELL_INPUTS")
for number in {1..64}; do
  kill -"$number" 1 2>/dev/null && echo "BREACH sent $number to the runner"
  kill -"$number" "$host" 2>/dev/null && echo "BREACH sent $number to the host's $host"
  kill -"$number" -- -1 2>/dev/null && [ "$number" -lt 0 ] && echo BREACH
  case $number in 9 | 19) ;; *) trap '' "$number" 2>/dev/null ;; esac
done
echo tried
