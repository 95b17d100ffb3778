"""How the guest's connections reach the engine's broker."""
