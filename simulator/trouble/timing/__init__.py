"""Kinds of faults in which the vendor is slow. Imports the files of trouble."""
