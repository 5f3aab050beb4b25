"""Faults around the vendor, and not at it: a file for each kind. Imports nothing of chaos.

Every file in here is imported when the kinds of faults are first needed (tidegate.scenario.fault_kinds), by the
simulator too; so nothing in here imports the virtual world.
"""
