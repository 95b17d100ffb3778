"""Globs over paths, matched one name at a time so that a walk visits only folders that can hold a match."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: The state of a match: (glob, part) for each part that the next name may match.
State = frozenset[tuple[int, int]]


#: Characters that make a part of a glob more than a name.
_SPECIAL = frozenset("*?[")


def _matcher(part: str) -> Callable[[str], object] | None:
    """Says whether a name meets the part; None for `**`."""
    if part == "**":
        return None
    # Most are plain names, and compiling an expression takes longer than the rest of a walk.
    if _SPECIAL.isdisjoint(part):
        return part.__eq__
    import re
    from fnmatch import translate

    return re.compile(translate(part)).match


class Globs:
    """`*`, `?` and `[..]` stay within one name, `**` stands for any number of folders. Names with a leading dot are no
    exception.

    A name of the guest's making cannot make a match slow: what `translate` writes does not backtrack.
    """

    def __init__(self, patterns: list[str]) -> None:
        self._globs: list[list[Callable[[str], object] | None]] = [
            [_matcher(part) for part in pattern.split("/")] for pattern in patterns
        ]
        self.start: State = self._past_stars((index, 0) for index in range(len(self._globs)))

    def step(self, state: State, name: str) -> State:
        """The state one name further; empty if nothing below can match."""
        reached = set()
        for index, position in state:
            glob = self._globs[index]
            if position == len(glob):
                continue
            matches = glob[position]
            if matches is None:
                reached.add((index, position))
                # `**` at the end also stands for the files in a folder.
                if position + 1 == len(glob):
                    reached.add((index, position + 1))
            elif matches(name):
                reached.add((index, position + 1))
        return self._past_stars(reached)

    def accepts(self, state: State) -> bool:
        """Whether a file whose path leads here is a match."""
        return any(position == len(self._globs[index]) for index, position in state)

    def _past_stars(self, reached: Iterable[tuple[int, int]]) -> State:
        """Adds what is reached when a `**` stands for no folder at all."""
        result = set(reached)
        for index, position in list(result):
            glob = self._globs[index]
            for folder in range(position, len(glob) - 1):
                if glob[folder] is not None:
                    break
                result.add((index, folder + 1))
        return frozenset(result)
