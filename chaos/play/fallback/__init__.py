"""Payments over two vendors that stand in for each other, played in the virtual world and judged from both journals.

May import what chaos.play may.
"""
