"""The program inside every sandbox container; main.py explains it."""
