"""Writes that are carried out later: deferring them, and looking up those whose outcome is unknown. Imports policy."""
