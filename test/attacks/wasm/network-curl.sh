# tries: to use curl for what it is not: other schemes, local files, another resolver or proxy, headers of its own making, files outside, uploads
# holds: there is one way, and it leads to allowed hosts only
# threat: T18
# ends: success
# proof: ^tried [0-9]+
# network: that of attack-network.ts
port=$(jq .net.open "$HOTCELL_INPUTS") inner=$(jq .net.inner "$HOTCELL_INPUTS") guarded=$(jq .net.guarded "$HOTCELL_INPUTS")
base="http://127.0.0.1:$port"
secret=$(jq -r .net.reversed "$HOTCELL_INPUTS" | rev)
tried=0
must_fail() {
  tried=$((tried + 1))
  answer=$("$@" 2>/dev/null) && [ -n "$answer" ] && echo "BREACH $* answered $answer"
}
for option in "--noproxy *" "-x $base" "--resolve api.example:$inner:127.0.0.1" "--connect-to ::127.0.0.1:$inner" "--socks5 127.0.0.1:3128" "-K /etc/passwd" "--unix-socket /x"; do
  must_fail curl -sSf -m 3 $option "http://127.0.0.1:$inner/"
done
for url in "http://127.0.0.1:$inner/" "https://127.0.0.1:$inner/" "http://2130706433:$port/" "http://127.1:$port/" "http://[::ffff:7f00:1]:$port/" "http://u:p@127.0.0.1:$port/" "http://inner.example:$port/" "http://localhost:$port/" "ftp://127.0.0.1:$port/" "telnet://127.0.0.1:$inner" "file:///etc/passwd" "http://169.254.169.254/" "http://127.0.0.1:$port\\@127.0.0.1:$inner/"; do
  must_fail curl -sSf -m 3 -L "$url"
done
for path in to-inner to-metadata to-file loop; do must_fail curl -sSf -m 3 -L "$base/$path"; done
newline='
'
for header in "X-A: b${newline}X-Injected: c" "X-Injected${newline}: c" "Host: inner" "Transfer-Encoding: chunked" "Content-Length: 5" "Upgrade: h2c" "Proxy-Authorization: x" ": x" "X-Api-Key: mine"; do
  must_fail curl -sSf -m 3 -H "$header" "https://api.example:$guarded/"
done
must_fail curl -sSf -m 3 -X "GET / HTTP/1.1${newline}X-Injected: y" "$base/"
must_fail curl -sSf -m 3 -X TRACE "https://api.example:$guarded/"
must_fail curl -sSf -m 3 -T "$(jq -r .canary.file "$HOTCELL_INPUTS")" "$base/"
must_fail curl -sSf -m 3 -d @/etc/passwd "$base/"
must_fail curl -sSf -m 1 "$base/mute"
echoed=$(curl -si "https://api.example:$guarded/")
case $echoed in *"$secret"*) echo "BREACH the secret came back" ;; *"[redacted:"*) ;; *) echo "BREACH the header was not sent, so nothing was tried: $echoed" ;; esac
curl -s -o /dev/.stderr "$base/"; curl -s -o ../../etc/own "$base/"; curl -s -D /dev/null -o /proc/1/mem "$base/"
[ "$(curl -sS -m 3 "$base/")" = fine ] || echo "BREACH what is allowed does not work, so nothing was tried"
echo "tried $tried"
