"""Ids are short, repeatable, and differ where what they name differs."""

from __future__ import annotations

from onrecord.transforms.ids import article_id, mention_id, quote_id


def test_ids_repeat_and_tell_apart():
    """Equal parts give an equal id; a different place, role or border another one; parts do not run together."""
    ids = [
        article_id("a.txt"),
        article_id("a.txt", "1"),
        article_id("a.tx", "t1"),
        quote_id("x", [(0, 5)]),
        quote_id("x", [(0, 5), (6, 9)]),
        mention_id("x", [(0, 5)]),
        mention_id("x", [(0, 5)], "source"),
    ]
    assert len(set(ids)) == len(ids)
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids)
    assert article_id("a.txt") == article_id("a.txt", "")


def test_undecodable_names_have_ids():
    """A file name that is no UTF-8 (surrogates from the file system) gets an id too."""
    assert article_id("caf\udce9.txt") != article_id("caf.txt")
