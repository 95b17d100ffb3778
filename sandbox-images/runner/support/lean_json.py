"""JSON as `json` reads and writes it, made of C's `_json` alone.

Why C's modules (`_json`, `_signal`, `_collections`, `_socket`) are imported here and beside, and not Python's around
them: those take `re`, `enum`, `functools` and `collections` along, which start more slowly than all of the runner, and
a fresh container starts for each job of a busy host. For the same reason `traceback`, `re` and the like are imported
where they are wanted. A cell that waits has all that ahead (`LATE_MODULES` in cell.py, `IDLE_MODULES` of a harness).
"""

from __future__ import annotations

from _json import encode_basestring, encode_basestring_ascii, make_encoder, make_scanner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final, NoReturn

_SPACE: Final = " \t\n\r"


class _AsPython:
    """How values are read: as `json.loads` does."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON.")


class _AsText(_AsPython):
    """As in RFC 8259. Numbers stay texts, because they are not needed and long ones are slow to convert."""

    parse_float = len
    parse_int = len
    parse_constant = staticmethod(_refuse)


def loads(text: str | bytes) -> object:
    """The value of `text`. Raises ValueError if it is not JSON."""
    return _read(text if isinstance(text, str) else text.decode("utf-8", "surrogatepass"), _AsPython)


def check(text: str) -> None:
    """Raises ValueError if `text` is not JSON."""
    _read(text, _AsText)


def dumps(value: object, *, ensure_ascii: bool = True, default: Callable[[object], object] | None = None) -> str:
    """`json.dumps` with `allow_nan=False`, and what that raises."""
    encode = encode_basestring_ascii if ensure_ascii else encode_basestring
    if isinstance(value, str):
        return encode(value)
    return "".join(make_encoder({}, default or _no_value, encode, None, ": ", ", ", False, False, False)(value, 0))


def encode(value: object, default: Callable[[object], object] | None = None) -> bytes:
    """`dumps` as UTF-8, and as short as that can be."""
    try:
        return dumps(value, ensure_ascii=False, default=default).encode()
    except UnicodeEncodeError:
        # A lone surrogate: UTF-8 cannot say it, an escape can.
        return dumps(value, default=default).encode()


def _read(text: str, how: type[_AsPython]) -> object:
    stripped = text.strip(_SPACE)
    try:
        value, end = make_scanner(how)(stripped, 0)
    except StopIteration as stop:
        raise ValueError(f"There is no value at character {stop.value} of the JSON.") from None
    except SystemError:
        # C raises an exception of `json.decoder`; if that module is not imported, it fails without one.
        raise ValueError("This is not JSON.") from None
    if end != len(stripped):
        raise ValueError(f"The JSON has extra data after its end, at character {end}.")
    return value


def _no_value(value: object) -> NoReturn:
    raise TypeError(f"Object of type {type(value).__name__} is not JSON serializable")
