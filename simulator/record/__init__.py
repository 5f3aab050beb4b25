"""Every request that reached the vendor: the journal, in memory and in a file. Imports values."""
