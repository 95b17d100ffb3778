"""What a guest answers: the tags of the container's records (sandbox-images/runner/protocol/answers.py) and what each means."""

from __future__ import annotations

JSON = b"J"
REPR = b"R"
NOTHING = b"N"
TOO_LARGE = b"L"
THREW = b"T"
NO_ANSWER = b"A"
UNSETTLED = b"U"

#: The end that a tag means, and its exit code.
ENDS = {
    JSON: ("completed", 0),
    REPR: ("completed", 0),
    NOTHING: ("completed", 0),
    TOO_LARGE: ("value", 0),
    THREW: ("threw", 1),
    NO_ANSWER: ("no-answer", 1),
    UNSETTLED: ("unsettled", 1),
}
