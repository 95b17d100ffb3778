"""What is particular to guests in Python."""
