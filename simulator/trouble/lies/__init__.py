"""Lies: the documentation was never true. A class for each subject. Imports the files of trouble, and drift."""
