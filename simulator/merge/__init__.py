"""The way from what was sent to an object: unwrapped, merged as far as it fits, without what is never answered.

Imports document and below.
"""
