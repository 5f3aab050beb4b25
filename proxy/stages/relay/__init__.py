"""Passes an answer on while it is still coming: a stream, or what both sides say after an upgrade."""
