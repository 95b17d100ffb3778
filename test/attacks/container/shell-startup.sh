# tries: change how the shell is started by the request's environment: BASH_ENV, ENV, SHELLOPTS, functions, IFS, PS4, preload
# holds: it is the guest's own shell: whatever these run, they run as the guest, sealed (LD_PRELOAD of its own file, too)
# threat: T6
# ends: success
# proof: the program runs as [1-5]\d{4}$
# request: {"env": {"BASH_ENV": "/workspace/before.sh", "ENV": "/workspace/before.sh", "SHELLOPTS": "xtrace", "PS4": "$(id -u >&2)", "IFS": "0", "LD_PRELOAD": "/workspace/none.so", "PATH": "/workspace:/usr/bin:/bin", "PYTHONSTARTUP": "/workspace/before.py"}, "files": {"before.sh": "echo before; [ \"$(id -un)\" = guest ] || echo BREACH; ls -l /proc/self/fd | grep -c pipe"}}

[ "$(id -un)" = guest ] || echo "BREACH runs as $UID"
echo "the program runs as $UID"
