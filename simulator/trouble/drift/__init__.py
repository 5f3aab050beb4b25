"""Drift: the vendor's answers leave its document. A class for each change. Imports the files of trouble."""
