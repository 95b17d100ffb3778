"""The forms in which a value can be shown: media types and contents."""

from __future__ import annotations

import io
import sys

from python import values
from runner.protocol import answers
from runner.support import lean_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Final, TypeAlias

    Form: TypeAlias = tuple[str, bytes]

TABLE: Final = "application/vnd.hotcell.table+json"
_JSON: Final = "application/json"
_TEXT: Final = "text/plain"
_PNG: Final = "image/png"
_JPEG: Final = "image/jpeg"
#: IPython's methods, the most detailed form first.
_METHODS: Final = {
    "_repr_svg_": "image/svg+xml",
    "_repr_png_": _PNG,
    "_repr_jpeg_": _JPEG,
    "_repr_html_": "text/html",
    "_repr_json_": _JSON,
    "_repr_markdown_": "text/markdown",
    "_repr_latex_": "text/latex",
}
_BUNDLE: Final = "_repr_mimebundle_"
#: Formats by the names of matplotlib and Pillow.
_FORMATS: Final = {
    _PNG: "png",
    "image/svg+xml": "svg",
    _JPEG: "jpeg",
    "image/webp": "webp",
    "application/pdf": "pdf",
}
_INFINITE: Final = {float("inf"): "inf", float("-inf"): "-inf"}
_ROWS_MAX: Final = 1_000
_COLUMNS_MAX: Final = 200
_TEXT_ROWS: Final = 60
_TEXT_COLUMNS: Final = 20


def is_figure(value: object) -> bool:
    """Whether it is one of matplotlib's."""
    return type(value).__module__.startswith("matplotlib.") and hasattr(type(value), "savefig")


def is_rich(value: object) -> bool:
    """Whether it has a form besides JSON and its text."""
    kind = type(value)
    return is_figure(value) or _is_table(value) or any(hasattr(kind, name) for name in (*_METHODS, _BUNDLE))


def forms_of(value: object, media_type: str | None = None) -> Iterator[Form]:
    """The forms of a value, best first; with a media type only that one.

    Raises TypeError if the value has no such form, and the exceptions of the value's own methods for it.
    """
    if media_type is not None:
        yield media_type, _in_form(value, media_type)
    elif isinstance(value, (bytes, bytearray, memoryview)):
        # The data itself shows its type.
        yield "", bytes(value)
    elif isinstance(value, str):
        yield _TEXT, _encoded(value)
    elif is_figure(value):
        media_type = _chosen_type()
        yield media_type, _drawn(value, media_type)
    elif _is_table(value):
        yield from _table(value)
    else:
        yield from _own_forms(value)


def complain(what: str, error: Exception) -> None:
    """Writes to stderr which value could not be shown, and why."""
    try:
        sys.stderr.write(f"hotcell: {what} could not be shown: {type(error).__name__}: {error}\n")
    except Exception:
        # The program closed the stream, or the exception has no text.
        return


def _in_form(value: object, media_type: str) -> bytes:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value)
    if is_figure(value):
        return _drawn(value, media_type)
    for own, content in _own_methods(value):
        if own == media_type:
            return content
    image_format = _FORMATS.get(media_type)
    if image_format and callable(getattr(type(value), "save", None)):
        buffer = io.BytesIO()
        value.save(buffer, image_format)
        return buffer.getvalue()
    if isinstance(value, str):
        return _encoded(value)
    if media_type == _JSON or media_type.endswith("+json"):
        return lean_json.dumps(value).encode()
    if media_type == _TEXT:
        return _encoded(str(value))
    raise TypeError(f"A {type(value).__name__} cannot be shown as {media_type}.")


def _chosen_type() -> str:
    """PNG, or SVG if matplotlib's own setting says so."""
    wanted = sys.modules["matplotlib"].rcParams.get("savefig.format")
    return "image/svg+xml" if wanted == "svg" else _PNG


def _drawn(figure: object, media_type: str) -> bytes:
    image_format = _FORMATS.get(media_type)
    if image_format is None:
        raise TypeError(f"A figure cannot be shown as {media_type}.")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=image_format, bbox_inches="tight")
    return buffer.getvalue()


def _is_table(value: object) -> bool:
    """Whether it is a DataFrame or Series of pandas, or looks like one."""
    kind = type(value)
    return all(callable(getattr(kind, name, None)) for name in ("to_json", "to_string", "head")) and hasattr(kind, "index")


def _table(value: object) -> Iterator[Form]:
    frame = value.to_frame() if hasattr(type(value), "to_frame") and not hasattr(type(value), "columns") else value
    try:
        head = frame.head(_ROWS_MAX)
        if len(head.columns) > _COLUMNS_MAX:
            head = head.iloc[:, :_COLUMNS_MAX]
        # In JSON, pandas writes null for these, as for missing values. A table of another library may have other methods.
        if hasattr(type(head), "isin") and head.isin(list(_INFINITE)).to_numpy().any():
            head = head.astype(object).replace(_INFINITE)
        split = lean_json.loads(head.to_json(orient="split", date_format="iso"))
        whole = {"rows": len(frame), "columns": split["columns"], "index": split["index"], "data": split["data"]}
        text = lean_json.dumps(whole, ensure_ascii=False)
        yield TABLE, text.encode("utf-8", "backslashreplace")
    except Exception as error:
        complain(f"a {type(value).__name__} as JSON", error)
    yield _TEXT, _encoded(frame.to_string(max_rows=_TEXT_ROWS, max_cols=_TEXT_COLUMNS))


def _own_forms(value: object) -> Iterator[Form]:
    found = dict(_own_methods(value))
    if not found:
        tag, content = values.encode(value, sys.maxsize)
        yield (_JSON if tag == answers.JSON else _TEXT), content
        return
    if _PNG in found:
        # Pillow answers with both, which are one picture.
        found.pop(_JPEG, None)
    yield from found.items()
    if _TEXT not in found:
        yield _TEXT, values.text_of(value)


def _own_methods(value: object) -> Iterator[Form]:
    """The results of IPython's methods. They are looked up on the type, so that an object that answers
    to any name has none of them."""
    bundle = _ask(value, _BUNDLE, lambda method: method(value, include=None, exclude=None))
    if isinstance(bundle, tuple):
        bundle = bundle[0]
    if isinstance(bundle, dict):
        for media_type, content in bundle.items():
            yield from _form(value, str(media_type), content)
        return
    for name, media_type in _METHODS.items():
        yield from _form(value, media_type, _ask(value, name, lambda method: method(value)))


def _ask(value: object, name: str, call: Callable[[Callable[..., object]], object]) -> object:
    method = getattr(type(value), name, None)
    if method is None:
        return None
    try:
        return call(method)
    except Exception as error:
        complain(f"{name} of a {type(value).__name__}", error)
        return None


def _form(value: object, media_type: str, content: object) -> Iterator[Form]:
    if isinstance(content, tuple):
        # With metadata, which is not needed.
        content = content[0] if content else None
    try:
        if isinstance(content, (bytes, bytearray, memoryview)):
            yield media_type, bytes(content)
        elif isinstance(content, str):
            yield media_type, _decoded(content) if _is_binary(media_type) else _encoded(content)
        elif content is not None:
            yield media_type, lean_json.dumps(content).encode()
    except Exception as error:
        complain(f"a {type(value).__name__} as {media_type}", error)


def _is_binary(media_type: str) -> bool:
    return media_type.startswith("image/") and not media_type.endswith("+xml")


def _decoded(text: str) -> bytes:
    """An image given as text is in base64, as in a notebook."""
    # Imported late, because few images are given as text.
    import base64

    return base64.b64decode(text)


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "backslashreplace")
