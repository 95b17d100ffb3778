"""The parts that are specific to guests in Python."""
