"""The policy half of the vendor file, what we do about a vendor: a file for each block of keys. Imports configfile."""
