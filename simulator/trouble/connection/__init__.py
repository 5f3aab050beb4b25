"""Kinds of faults in which the answer breaks off, or never comes. Imports the files of trouble."""
