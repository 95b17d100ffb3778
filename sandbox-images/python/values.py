"""Turns the program's value into the caller's form: JSON if JSON holds all of it, else the value's text (docs/values.md).

JSON holds None, bool, str, finite float, int up to 2**53 - 1 either way, list, tuple (as an array), and dict whose keys are
str or int (as its text, unless two keys become one). Subclasses count as what they derive from. Numbers and arrays of
numpy count as Python's numbers and lists. Anything else anywhere in a value (set, bytes, NaN, a date, an object) makes all
of it `repr()` text: a part that is silently changed would be worse.
"""

from __future__ import annotations

import sys

from runner.protocol import answers
from runner.support import lean_json

_INTEGER_MAX = 2**53 - 1
#: Kinds of numpy's types that are numbers or truth values.
_NUMERIC = "biuf"


def encode(value: object, max_bytes: int) -> tuple[bytes, bytes]:
    """The record (tag, payload) of `value`."""
    plain = _PlainValues(max_bytes)
    text = _json(value, plain)
    if text is not None and len(text) > max_bytes and not plain.has_arrays:
        return answers.TOO_LARGE, b""
    if text is not None and len(text) <= max_bytes and plain.are_faithful and _is_faithful(value):
        return answers.JSON, text
    text = text_of(value)
    return (answers.TOO_LARGE, b"") if len(text) > max_bytes else (answers.REPR, text)


def text_of(value: object) -> bytes:
    """The value's `repr()`."""
    return _repr(value).encode("utf-8", "backslashreplace")


class _PlainValues:
    """Makes Python's own numbers and lists of numpy's, as JSON is made. An array that is too long to fit stays text."""

    def __init__(self, max_bytes: int) -> None:
        self._items_left = max_bytes // 2
        self.has_arrays = False
        self.are_faithful = True

    def __call__(self, value: object) -> object:
        # A program that has such values has imported it.
        numpy = sys.modules.get("numpy")
        if isinstance(value, numpy.generic):
            plain = self._number(value)
        elif type(value) is numpy.ndarray:
            plain = self._list(value)
        else:
            raise TypeError("JSON has no such value.")
        self.are_faithful = self.are_faithful and _is_faithful(plain)
        return plain

    def _number(self, value: object) -> object:
        plain = value.item() if value.dtype.kind in _NUMERIC else None
        # A number longer than Python's own stays a number of numpy.
        if not isinstance(plain, (bool, int, float)):
            raise TypeError("JSON has no such number.")
        return plain

    def _list(self, value: object) -> object:
        self.has_arrays = True
        self._items_left -= value.size
        if value.dtype.kind not in _NUMERIC or value.dtype.itemsize > 8 or self._items_left < 0:
            raise TypeError("JSON has no such list.")
        return value.tolist()


def _json(value: object, plain: _PlainValues) -> bytes | None:
    try:
        return lean_json.encode(value, plain)
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
