# tries: to get hold of an injected secret: from its echo, over plain http, in parts, compressed, or by giving the header itself
# holds: its echo is taken out of headers and body, it goes over https alone, and answers that could hide it are refused
# threat: T18
# ends: success
# skip: wasm has no proxy, and its own programs
# proof: ^asked \d+ times
# network: that of attack-network.ts
import base64, http.client, json

net = inputs["net"]
secret = net["reversed"][::-1]
forms = {secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex(), json.dumps(secret)[1:-1]}
asked = 0

def ask(target, headers=(), method="GET"):
    global asked
    asked += 1
    proxy = http.client.HTTPConnection("127.0.0.1", 3128, timeout=5)
    try:
        proxy.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            proxy.putheader(name, value)
        proxy.endheaders()
        answer = proxy.getresponse()
        text = f"{answer.status} {answer.reason} {answer.getheaders()} {answer.read().decode('latin-1')}"
    except (OSError, http.client.HTTPException) as error:
        text = repr(error)
    finally:
        proxy.close()
    for form in forms:
        if form in text:
            print("BREACH", target, headers, "showed the secret")
    return text

guarded = f"api.example:{net['guarded']}"
for scheme in ("http", "https"):
    text = ask(f"{scheme}://{guarded}/")
    if "[redacted:" not in text:
        print("BREACH the header was not sent, or its echo is gone without a word", text[:200])
    ask(f"{scheme}://{guarded}/", [("Range", "bytes=0-4"), ("Accept-Encoding", "gzip"), ("TE", "trailers")])
    ask(f"{scheme}://{guarded}/", [("X-Api-Key", "mine")])
    ask(f"{scheme}://{guarded}/", [("x_api_key", "mine")])
    ask(f"{scheme}://{guarded}/", method="TRACE")
    # The server behind this one speaks no TLS: the secret must not go to it.
    ask(f"{scheme}://api.example:{net['plain']}/")
# A tunnel is the guest's own: nothing is added there.
ask(f"http://127.0.0.1:{net['open']}/", [("Host", guarded)])
print(f"asked {asked} times")
