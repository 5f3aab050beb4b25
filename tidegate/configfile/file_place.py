"""The place of a file that is made where there is none: a slip in it would be the name of a new file. Opens none."""


def checked_path(written: str) -> str:
    """The path of a file that is made where there is none, as it is written. Raises ValueError where it is a slip."""
    if not written.strip():
        raise ValueError("nothing is written here; write the path of a file")
    if "${" in written or "{{" in written:
        raise ValueError("no variable is filled in here; write the path itself")
    return written
