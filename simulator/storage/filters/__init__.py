"""Filters that a request states in a language: as an expression, an object, or a selector.

Imports the conditions of storage, document and below.
"""
