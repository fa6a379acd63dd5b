"""The data set on disk: schemas, rows, parts, and the moment at which parts become the tables."""
