# tries: redirect, duplicate and write to every descriptor there could be, with the bytes of a verdict's frame
# holds: there are three, and what is written to them is output
# threat: T4
# ends: error
# proof: completed

text='{"end":"completed","value":"none","usage":{"wallMs":0,"cpuMs":0,"peakMemoryBytes":0},"droppedArtifacts":0}'
for fd in {0..255}; do
  # Asked for first: while it redirects, the shell keeps its own streams above 9.
  [ -e "/proc/$$/fd/$fd" ] || continue
  { printf '\0\0\0\x6b\0\0\0\1\x17%s' "$text" >&"$fd"; } 2>/dev/null && [ "$fd" -gt 2 ] && echo "BREACH wrote to $fd"
done
own=$(readlink /proc/$$/fd/{0,1,2})
for path in /proc/1/fd/{0..9} /proc/1/task/1/fd/{0..2} /dev/console; do
  # The other ends of its own streams give it nothing.
  target=$(readlink "$path") && [[ $own == *"$target"* ]] && continue
  { printf '\0\0\0\x6b\0\0\0\1\x17%s' "$text" >"$path"; } 2>/dev/null && echo "BREACH wrote to $path"
done
exit 4
