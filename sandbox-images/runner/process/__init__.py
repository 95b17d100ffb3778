"""The processes of a cell: the guest, its tree, its pipes, and how much it uses."""
