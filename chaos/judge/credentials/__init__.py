"""Judges the credentials of a trial: several of one vendor, and one that changes."""
