"""How the guest's processes reach the host's functions and show displays."""
