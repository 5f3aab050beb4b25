"""Texts of others as they stand in a line for people: what could steer a terminal, or begin a line, is escaped.

A name out of a document, a vendor file or a request may hold anything. A build's log is read line by line too: GitHub's
runner takes one that begins with `::` as a command.
"""


def plain(value: object) -> str:
    """A value in one line, every character that could steer a terminal escaped."""
    text = str(value)
    return text if text.isprintable() else "".join(each if each.isprintable() else repr(each)[1:-1] for each in text)
