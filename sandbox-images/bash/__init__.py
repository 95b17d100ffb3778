"""What is particular to guests in Bash."""
