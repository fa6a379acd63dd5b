"""Articles written for this project, annotated by hand, and the score against them. See README.md beside this file."""
