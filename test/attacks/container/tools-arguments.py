# tries: inputs that break their readers: deep, huge, with numbers beyond JSON, odd keys, lone surrogates
# holds: each is refused or arrives as the JSON that it is, and the next call works
# threat: T16
# ends: success
# tools: yes
# proof: ^tried 13, answer 7$
import json

deep = "[" * 900 + "]" * 900
attempts = [
    lambda: tools.echo(json.loads(deep)),
    lambda: tools.echo("x" * 1_048_577),
    lambda: tools.echo("é" * 600_000),
    lambda: tools.echo(float("nan")),
    lambda: tools.echo(10**4_000),
    lambda: tools.echo({"__proto__": {"polluted": 1}}),
    lambda: tools.echo([{"a": {"__proto__": {"polluted": 1}}}]),
    lambda: tools.echo({"constructor": {"prototype": {"polluted": 1}}}),
    lambda: tools.echo({"k" * 500_000: 1}),
    lambda: tools.echo("\ud800"),
    lambda: tools.strict(text="x" * 11),
    lambda: tools.strict(text="x", more=1),
    lambda: tools.strict(1, 2),
]
for attempt in attempts:
    try:
        attempt()
    except (ToolError, TypeError, ValueError) as error:
        print(type(error).__name__, str(error)[:80])
print(f"tried {len(attempts)}, answer {tools.echo(7)}")
