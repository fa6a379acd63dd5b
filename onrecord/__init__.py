"""On Record: news articles in; who said what, where exactly, and how we know, out.

``onrecord.pipeline`` is how it runs, is stored and is asked; ``onrecord.transforms`` is what it knows about language.
Both folders stand at the top level of the repository and are linked in here.
"""
