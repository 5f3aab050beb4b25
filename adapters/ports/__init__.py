"""Domain types, what an app can do with each kind of vendor, and how a call can fail. Imports nothing of ours."""
