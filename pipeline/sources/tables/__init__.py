"""CSV and TSV as the world writes them: the dialect of a table, the bytes of its rows, the cells of a row."""
