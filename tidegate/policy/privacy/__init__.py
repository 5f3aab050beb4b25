"""What may be seen, and by whom, a file for each block of keys. Imports configfile and redaction."""
