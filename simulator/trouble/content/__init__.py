"""Kinds of faults in which the answer makes no sense. Imports the files of trouble."""
