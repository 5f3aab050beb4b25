"""Faults of webhooks: a class for each mode. Imports the files of trouble."""
