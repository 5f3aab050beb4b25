"""Where a file stands in the checkout of a build: GitHub reads the names in annotations from there.

A step that runs in a folder below it, or names a file by its whole path, would have its annotations beside no line.
"""

import os
import posixpath


def in_checkout(file: str) -> str:
    """The file from the folder of GitHub's checkout; as it is named where there is none, or it lies elsewhere."""
    root = os.environ.get("GITHUB_WORKSPACE", "")
    whole = posixpath.abspath(file)
    return posixpath.relpath(whole, root) if root and whole.startswith(f"{root.rstrip('/')}/") else file
