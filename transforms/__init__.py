"""What On Record knows about language: from a raw record to its annotation. Start with ``records``."""

if __name__ != "onrecord.transforms":  # a second copy of every class would be made under this name
    raise ImportError(f"import onrecord.transforms instead of {__name__}")
