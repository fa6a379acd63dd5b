"""How On Record runs, what it reads and writes, and how its tables are asked."""

if __name__ != "onrecord.pipeline":  # a second copy of every class would be made under this name
    raise ImportError(f"import onrecord.pipeline instead of {__name__}")
