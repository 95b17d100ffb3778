"""The system calls of data work: threads of the linear algebra library, large maps, fonts and files of charts."""

import io
import os

# There is no other place to write to.
os.environ["MPLCONFIGDIR"] = "/tmp"
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plot
import numpy
import pandas

matrix = numpy.random.default_rng(1).random((600, 600))
inverse = numpy.linalg.inv(matrix)
numpy.save("matrix.npy", matrix)
mapped = numpy.load("matrix.npy", mmap_mode="r")
frame = pandas.DataFrame({"group": ["a", "b"] * 500, "n": range(1000)})
frame.to_csv("frame.csv", index=False)
figure, axes = plot.subplots()
pandas.read_csv("frame.csv").groupby("group").n.sum().plot.bar(ax=axes)
picture = io.BytesIO()
figure.savefig(picture)
{
    "identity": bool(numpy.allclose(matrix @ inverse, numpy.eye(600))),
    "mapped": bool((mapped == matrix).all()),
    "sums": pandas.read_csv("frame.csv").groupby("group").n.sum().to_dict(),
    "picture": picture.getvalue()[1:4].decode(),
}
