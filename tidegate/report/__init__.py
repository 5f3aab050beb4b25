"""The report of a run as one page that needs nothing else: its model, its charts and its file. Imports the ground."""
