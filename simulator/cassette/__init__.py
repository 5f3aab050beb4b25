"""Recorded exchanges, played again. Imports the ground's cassettes, and of the simulator the answer."""
