"""Dialects: the headers in which vendors speak of limits and clocks. Imports nothing of the proxy but call."""
