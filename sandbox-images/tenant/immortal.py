"""Takes what this interpreter holds out of its counting of references.

A forked process copies each page that it writes to, and a reference that is taken or dropped is a write. Immortal objects
(PEP 683, since Python 3.12) are not counted, so their pages stay shared between the zygote, its runners and their guests.
Python makes its own constants immortal and has no function that does so for others; so the mark that `None` bears is
written into each object's count, which is the first field of every object where there is a lock of the interpreter.
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
    """Makes immortal whatever is there now. Before Python 3.12 it does nothing."""
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
        # What the collector does not follow, as it cannot be part of a cycle.
        for each in mortal:
            kind = type(each)
            if kind is dict:
                found += each
            elif kind is CodeType:
                found += (each.co_consts, each.co_names, each.co_linetable, each.co_exceptiontable)
                found += (each.co_name, each.co_qualname, each.co_filename, *each.co_varnames)
