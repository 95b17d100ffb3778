# tries: the tools of namespaces: unshare as root of an own user namespace, nsenter into the runner's, setpriv to root, su
# holds: none of them gets anything
# threat: T5
# ends: success
# proof: tried 8
# skip: runsc a user namespace inside of gVisor gives root of nothing, as user-namespaces.py shows

tried=0
attack() {
  tried=$((tried + 1))
  local found
  found=$("$@" 2>&1) && [ "$found" = 0 ] && echo "BREACH $*: $found"
  echo "${found%%$'\n'*}"
}
attack unshare --user --map-root-user id -u
attack unshare --user --map-root-user --mount --pid --fork id -u
attack unshare --mount id -u
attack unshare --net id -u
attack nsenter --target 1 --all id -u
attack setpriv --reuid 0 --regid 0 --clear-groups id -u
attack setpriv --bounding-set +all --ambient-caps +all id -u
attack su -c 'id -u'
echo "tried $tried"
