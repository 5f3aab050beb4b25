"""The limits on calls to a vendor: buckets, windows, places, and the queue before them. Imports dialects."""
