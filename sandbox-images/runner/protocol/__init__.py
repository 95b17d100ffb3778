"""What is said between the engine, the runner and the guest."""
