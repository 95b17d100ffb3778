# tries: tell a tool the secrets that the guest was given; read them from what tools answer and throw
# holds: no tool hears one, and no answer and no message holds one
# threat: T16
# ends: success
# tools: yes
# request: { "secrets": { "TOKEN": "tool-token-5e1f77aa90" } }
# proof: ^told 5$
import base64
import os

token = os.environ["TOKEN"]
encoded = base64.b64encode(token.encode()).decode()
inputs = [token, [token], {token: 1}, {"a": {"b": f"x{token}y"}}, encoded]
for value in inputs:
    if token in str(tools.echo(value)):
        print("BREACH echoed")
try:
    tools.leak(how="throw")
except ToolError as error:
    texts = [str(error), repr(error)]
texts.append(str(tools.leak(how="answer")))
for text in texts:
    if token in text or encoded in text:
        print("BREACH heard")
print("told", len(inputs))
