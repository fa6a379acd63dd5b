"""What systems leave beside people's files: it is passed over in folders and in archives, and is no record."""

from __future__ import annotations

import re

#: Names that begin with a dot (.DS_Store, ._a.txt), the folder in which Macs pack what belongs to files, and what
#: Windows notes about a folder.
SYSTEM_FILE = re.compile(
    r"\.(?!\.?$).*|__MACOSX|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r", re.IGNORECASE | re.DOTALL
)


def is_system_file(path: str) -> bool:
    r"""Whether a path, of any system, names such a file or one in such a folder.

    >>> [is_system_file(path) for path in ("__MACOSX/news/._a.txt", r"C:\news\Thumbs.db", "./a.txt", "../b..txt")]
    [True, True, False, False]
    """
    return any(SYSTEM_FILE.fullmatch(name) for name in re.split(r"[/\\]", path))
