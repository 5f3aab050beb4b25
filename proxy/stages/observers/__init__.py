"""Stages that look on and change nothing. Imports as its parent does."""
