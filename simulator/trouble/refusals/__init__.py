"""Kinds of faults in which the vendor says no, or is away. Imports the files of trouble, and its connection."""
