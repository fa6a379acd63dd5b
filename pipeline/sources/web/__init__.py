"""Web pages: what of a page's markup is seen, and which of its lines are the article."""
