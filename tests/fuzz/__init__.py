"""Inputs that nobody wrote, drawn from a seed, and what must hold for every one of them."""
