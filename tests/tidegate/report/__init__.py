"""The report of a run: its model, its charts, its page."""
