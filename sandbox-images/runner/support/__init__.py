"""What every part of the runner uses: the event loop, JSON, and who acts."""
