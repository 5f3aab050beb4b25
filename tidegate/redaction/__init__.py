"""Keeps secrets out of what is printed, logged or stored. Reads no environment and no file; imports nothing of ours."""
