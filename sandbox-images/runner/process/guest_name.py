"""The guest's name, for `whoami`, `ls -l` and getpwuid: its number is another one in each container."""

from __future__ import annotations


from runner.support.identity import GUEST_ID
from runner.support.suppress import suppress

#: The number of `guest` in the image's lists (base/seal.sh); nothing else in them has it.
_IMAGE_ID = ":10001"


def name_guest() -> None:
    """Completes the lists that /etc/passwd and /etc/group lead to. An image without them has a guest without a name."""
    for name in ("passwd", "group"):
        with suppress(OSError):
            with open(f"/opt/hotcell/etc/{name}", encoding="utf-8") as file:
                text = file.read()
            with open(f"/run/{name}", "w", encoding="utf-8") as file:
                file.write(text.replace(_IMAGE_ID, f":{GUEST_ID}"))
