# tries: to get hold of an injected secret: from its echo, over plain http, in parts, compressed, by giving the header itself, or from the memory of the interpreter
# holds: its echo is taken out of headers and body, it goes over https alone, answers that could hide it are refused, and nothing of it is in the cell
# threat: T18
# ends: success
# proof: ^asked \d+ times
# network: that of attack-network.ts
import base64, gc, http.client, json

net = inputs["net"]
secret = net["reversed"][::-1]
forms = {secret, base64.b64encode(secret.encode()).decode(), secret.encode().hex(), json.dumps(secret)[1:-1]}
asked = 0


def ask(secure, host, headers=(), method="GET"):
    global asked
    asked += 1
    connection = (http.client.HTTPSConnection if secure else http.client.HTTPConnection)(host, timeout=5)
    try:
        connection.putrequest(method, "/", skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        text = f"{answer.status} {answer.reason} {answer.getheaders()} {answer.read().decode('latin-1')}"
    except (OSError, http.client.HTTPException) as error:
        text = repr(error)
    finally:
        connection.close()
    for form in forms:
        if form in text:
            print("BREACH", host, headers, "showed the secret")
    return text


guarded = f"api.example:{net['guarded']}"
for secure in (False, True):
    text = ask(secure, guarded)
    if "[redacted:" not in text:
        print("BREACH the header was not sent, or its echo is gone without a word", text[:200])
    ask(secure, guarded, [("Range", "bytes=0-4"), ("Accept-Encoding", "gzip"), ("TE", "trailers")])
    ask(secure, guarded, [("X-Api-Key", "mine")])
    ask(secure, guarded, [("x_api_key", "mine")])
    ask(secure, guarded, method="TRACE")
    # The server behind this one speaks no TLS: the secret must not go to it.
    ask(secure, f"api.example:{net['plain']}")
ask(False, f"127.0.0.1:{net['open']}", [("Host", guarded)])
own = {id(secret), *map(id, forms)}
for each in gc.get_objects():
    if type(each) in (list, tuple, dict):
        for text in each.values() if type(each) is dict else each:
            if type(text) is str and id(text) not in own and text == secret:
                print("BREACH the secret is in the cell")
print(f"asked {asked} times")
