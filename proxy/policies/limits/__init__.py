"""How much may be asked of a vendor: buckets, windows, places, and the queue before them. Imports dialects."""
