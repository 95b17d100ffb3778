"""Messages between the engine, the runner and the guest."""
