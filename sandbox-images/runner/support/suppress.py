"""What `contextlib.suppress` does, without what `contextlib` imports (lean_json.py says why)."""

from __future__ import annotations


class suppress:
    """Within `with suppress(OSError):` an exception of these kinds ends the block and no more."""

    def __init__(self, *kinds: type[BaseException]) -> None:
        self._kinds = kinds

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, self._kinds)
