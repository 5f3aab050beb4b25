"""Blocks of tidegate.yaml, a file each. Imports the ground, and how values and paths are written there."""
