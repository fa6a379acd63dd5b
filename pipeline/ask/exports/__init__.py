"""A data set, or some of its articles, as other tools read it: a module a format, pure functions from rows to lines."""
