"""Watched files, and a change put in force between two requests. Imports what the top of the proxy offers."""
