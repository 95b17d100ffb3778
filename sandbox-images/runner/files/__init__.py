"""Files on their way in and artifacts on their way out."""
