"""What articles are packed in: compression and archives, opened as streams and metered against hostile sizes."""
