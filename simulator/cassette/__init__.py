"""Exchanges with a vendor, recorded and played again. Imports nothing else of the simulator."""
