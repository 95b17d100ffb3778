# tries: names and inputs with a meaning to a shell, to the command or to its own client; a false PATH and false modules
# holds: names are only names, inputs only text, and the command runs no code of the guest's that the guest could not run itself
# threat: T16
# ends: success
# tools: yes
# proof: ^answer 7$
mkdir -p runner && echo 'print("mine")' >runner/__init__.py && cp runner/__init__.py json.py && cp json.py _socket.py
for name in '__proto__' '../echo' '$(id)' '`id`' 'echo;id' '-c' '--list=x' '--' '' 'a b' "$(printf 'n%.0s' {1..65})" $'echo\n'; do
  tool "$name" '1' >said 2>&1 && echo "BREACH $name was called: $(cat said)"
done
for input in '' '{' '1 2' $'\xff' '{"__proto__":{"polluted":1}}' '@/etc/passwd' '- '; do
  tool echo "$input" >said 2>&1 && echo "BREACH $input was taken: $(cat said)"
done
head -c 2000000 /dev/zero | tr '\0' x | tool echo - >said 2>&1 && echo 'BREACH a long input was taken'
PYTHONPATH=. PYTHONSTARTUP=json.py PYTHONHOME=. tool echo 1 | grep -q mine && echo 'BREACH it ran what was put in its way'
echo "answer $(tool echo 7)"
