# tries: to leave the proxy out or to use it for what it is not: no proxy, other schemes, local files, uploads, another resolver
# holds: there is no other way, and this one leads to allowed hosts only
# threat: T18
# ends: success
# skip: wasm has no proxy, and its own programs
# proof: ^tried [0-9]+
# network: that of attack-network.ts
port=$(jq .net.open "$HOTCELL_INPUTS") inner=$(jq .net.inner "$HOTCELL_INPUTS")
tried=0
must_fail() {
  tried=$((tried + 1))
  if answer=$("$@" 2>/dev/null) && [ -n "$answer" ]; then echo "BREACH $* answered $answer"; fi
}
must_fail curl -sSf -m 3 --noproxy '*' "http://127.0.0.1:$port/"
must_fail curl -sSf -m 3 "http://127.0.0.1:$inner/"
must_fail curl -sSf -m 3 --resolve "api.example:$inner:127.0.0.1" "http://api.example:$inner/"
must_fail curl -sSf -m 3 --connect-to "::127.0.0.1:$inner" "http://127.0.0.1:$inner/"
must_fail curl -sSf -m 3 -L "http://127.0.0.1:$port/to-inner"
must_fail curl -sSf -m 3 -L "http://127.0.0.1:$port/to-metadata"
must_fail curl -sSf -m 3 -L "http://127.0.0.1:$port/loop"
must_fail curl -sSf -m 3 --socks5 127.0.0.1:3128 "http://127.0.0.1:$port/"
must_fail curl -sSf -m 3 "ftp://127.0.0.1:$port/"
must_fail curl -sSf -m 3 "telnet://127.0.0.1:$inner"
must_fail curl -sSf -m 3 -p "http://127.0.0.1:$inner/"
must_fail timeout 3 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port && cat <&3"
must_fail timeout 3 bash -c "exec 3<>/dev/udp/1.1.1.1/53 && echo x >&3 && cat <&3"
[ "$(curl -sS -m 3 "http://127.0.0.1:$port/")" = fine ] || echo "BREACH what is allowed does not work, so nothing was tried"
echo "tried $tried"
