"""Excludes the objects of this interpreter from reference counting.

A forked process copies each page that it writes to, and a reference that is taken or dropped is a write. Immortal objects
(PEP 683, since Python 3.12) are not counted, so their pages stay shared between the zygote, its runners and their guests.
Python makes its own constants immortal and has no function that does so for other objects. So the mark in the count of
`None` is written into each object's count, which is the first field of every object if Python has an interpreter lock.
"""

from __future__ import annotations

import ctypes
import gc
from types import CodeType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Counts from here on are never changed.
_IMMORTAL_MIN: Final = 1 << 31


def make_immortal() -> None:
    """Makes all present objects immortal. Before Python 3.12 it does nothing."""
    # All of the address space, in words of the size of a mark.
    words = (ctypes.c_uint32 * (1 << 46)).from_address(0)
    mark = words[id(None) >> 2]
    if mark < _IMMORTAL_MIN:
        return
    found = gc.get_objects()
    while found:
        mortal = []
        for each in found:
            index = id(each) >> 2
            if words[index] < _IMMORTAL_MIN:
                words[index] = mark
                mortal.append(each)
        found = gc.get_referents(*mortal)
        # Objects that the collector does not track, because they cannot be part of a cycle.
        for each in mortal:
            kind = type(each)
            if kind is dict:
                found += each
            elif kind is CodeType:
                found += (each.co_consts, each.co_names, each.co_linetable, each.co_exceptiontable)
                found += (each.co_name, each.co_qualname, each.co_filename, *each.co_varnames)
