# tries: never end: a trap on EXIT that starts the shell again, deaf to every signal
# holds: the deadline ends it
# threat: T9
# ends: timeout
# proof: again
# request: {"limits": {"timeoutMs": 700}}

trap '' HUP INT QUIT TERM USR1 USR2 ALRM XCPU PIPE
again() {
  echo again
  trap again EXIT
  exec bash -c 'echo again; trap "" TERM; while :; do :; done'
}
trap again EXIT
exit 0
