"""What crosses to the caller as a value: JSON where JSON says it faithfully, else the value's text.

Faithful, with a reader in JavaScript in mind, are None, bool, str, finite float, int up to 2**53 - 1 either way, list,
tuple (as an array), and dict whose keys are str or int (as its text, unless two keys become one). Subclasses count as
what they derive from. Anything else anywhere in a value (set, bytes, NaN, a huge int, an object) makes all of it
`repr()` text: part of a value silently changed would be worse.
"""

from __future__ import annotations

from runner.protocol import answers
from runner.support import lean_json

_INTEGER_MAX = 2**53 - 1


def encode(value: object, max_bytes: int) -> tuple[bytes, bytes]:
    """The record (tag, payload) that says `value`."""
    text = _json(value)
    if text is not None and len(text) > max_bytes:
        return answers.TOO_LARGE, b""
    if text is not None and _is_faithful(value):
        return answers.JSON, text
    text = text_of(value)
    return (answers.TOO_LARGE, b"") if len(text) > max_bytes else (answers.REPR, text)


def text_of(value: object) -> bytes:
    """The value's `repr()`."""
    return _repr(value).encode("utf-8", "backslashreplace")


def _json(value: object) -> bytes | None:
    try:
        return lean_json.encode(value)
    except MemoryError:
        raise
    except Exception:
        return None


def _is_faithful(value: object) -> bool:
    """Whether JSON, which could be made of it, says what the value says. As much work as the text is long."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            if not _has_faithful_keys(item):
                return False
            left.extend(item.values())
        elif isinstance(item, (list, tuple)):
            left.extend(item)
        elif isinstance(item, int) and abs(item) > _INTEGER_MAX:
            return False
    return True


def _has_faithful_keys(item: dict[object, object]) -> bool:
    if all(type(key) is str for key in item):
        return True
    if not all(isinstance(key, (str, int)) and not isinstance(key, bool) for key in item):
        return False
    return len({str(key) for key in item}) == len(item)


def _repr(value: object) -> str:
    try:
        return repr(value)
    except MemoryError:
        raise
    except BaseException as error:
        return f"<{type(value).__name__} object whose repr() raised {type(error).__name__}>"
