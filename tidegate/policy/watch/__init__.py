"""Blocks of the policy about what is looked at and never acted on. Imports as its parent does."""
