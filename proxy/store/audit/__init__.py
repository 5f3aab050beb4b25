"""The audit log as it is stored: its rows, their hash chain, and the port. Imports policies and the ground."""
