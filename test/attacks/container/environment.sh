# tries: find secrets in the environment, in the shell's own variables and functions, and in the files that it was started with
# holds: there is what every guest gets, and the request's own
# threat: T11
# ends: success
# proof: OWN=1
# request: {"env": {"OWN": "1"}}

env | sort
while IFS='=' read -r name _; do
  case $name in
    HOME | HOTCELL_INPUTS | HOTCELL_VALUE | LANG | OWN | PATH | PWD | OLDPWD | SHLVL | TMPDIR | _ | LC_CTYPE) ;;
    *) echo "BREACH variable $name" ;;
  esac
done < <(env)
name=$(jq -r .canary.environmentName "$HOTCELL_INPUTS")
[ -n "${!name}" ] && echo "BREACH $name is known"
[ -n "$(declare -F)" ] && echo "BREACH functions: $(declare -F)"
tr '\0' '\n' </proc/$$/environ | grep -E 'TOKEN|SECRET|PASSWORD|DOCKER|AWS|GITHUB' | sed 's/^/BREACH /'
echo /workspace/* /workspace/.hotcell/*
