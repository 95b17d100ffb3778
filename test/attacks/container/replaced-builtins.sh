# tries: replace commands by functions and aliases, trap everything, so that the shell never ends or ends as another
# holds: the process's end and exit code are the kernel's; functions are the guest's own
# threat: T4
# ends: error
# proof: trapped

exit() { echo "no exit with $1"; }
return() { :; }
echo() { printf '%s\n' "$*"; }
kill() { :; }
trap 'printf "trapped\n"' EXIT ERR DEBUG RETURN HUP INT TERM PIPE USR1
set -E
false
exit 0
printf '{"status":"success"}' >"$HOTCELL_VALUE"
builtin exit 7
