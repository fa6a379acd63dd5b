"""Watching folders: small bounded runs, one after the other, over what is new or changed or gone."""
