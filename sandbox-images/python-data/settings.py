"""What the libraries of this image are told by the environment, and where matplotlib finds what it once looked for."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Made with the image: the list of its fonts, and a setting.
IMAGE_FOLDER: Final = "/opt/hotcell/matplotlib"
#: Where matplotlib keeps what it finds out; the guest's own.
GUEST_FOLDER: Final = "/tmp/.matplotlib"
#: A cell has one processor: threads of numpy's own would only count against the guest's processes.
ENVIRONMENT: Final = {
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": GUEST_FOLDER,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
