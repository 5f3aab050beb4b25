"""Answers that are looked at for drift, off the way of calls. Imports wire, and the ground's drift."""
