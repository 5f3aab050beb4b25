"""What goes wrong on purpose at the vendor: a file for each kind of fault, and what carries faults out.

Every file in here and below is imported when the kinds of faults are first needed (tidegate.scenario.fault_kinds).
Imports answer and record.
"""
