"""What is particular to guests in Python with the libraries of the image python-data."""
