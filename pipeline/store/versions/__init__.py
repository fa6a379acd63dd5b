"""Versions of a data set: what a commit does to the tables, and how it is whole or not at all."""
