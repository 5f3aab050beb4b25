"""Scenarios as data: the faults of a run and the load meanwhile. Imports configfile and vendor."""
