"""Residency as pure decisions: may data go there, and what becomes of its personal fields. May import the call."""
