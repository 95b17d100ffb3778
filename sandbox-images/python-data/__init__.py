"""The parts that are specific to guests in Python with the libraries of the image python-data."""
