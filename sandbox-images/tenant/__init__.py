"""Cells of one tenant in one container (main.py tells the story)."""
