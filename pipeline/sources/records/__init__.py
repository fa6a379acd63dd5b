"""What the fields of a record hold, whatever its format: which is the text, which the title, what was to be kept."""
