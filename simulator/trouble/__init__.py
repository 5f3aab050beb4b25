"""Faults at the vendor: a file for each kind, and what carries them out.

Every file in here and below is imported when the kinds of faults are first needed (tidegate.scenario.fault_kinds).
Imports answer and record.
"""
