"""Whole documents, served and judged from outside: drawn ones, and a public directory of them.

The judges here read no document by the product's own code: it is what is judged.
"""
