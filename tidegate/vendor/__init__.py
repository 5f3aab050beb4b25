"""The vendor file: its facts as typed values, how it is found and read. Imports policy, openapi and configfile."""
