"""The environment for the libraries of this image, and the folders in which matplotlib finds its settings and fonts."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

#: Made with the image: the list of its fonts and a setting.
IMAGE_FOLDER: Final = "/opt/hotcell/matplotlib"
#: The guest's own folder, in which matplotlib keeps its caches.
GUEST_FOLDER: Final = "/tmp/.matplotlib"
#: A cell has one processor: numpy's own threads would only count against the guest's limit of processes.
ENVIRONMENT: Final = {
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": GUEST_FOLDER,
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
