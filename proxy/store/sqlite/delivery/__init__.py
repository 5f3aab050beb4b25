"""Outbox and inbox in SQLite: the tables of deliveries, and the transactions around what becomes of one.

A file for each thing that is done to them. May import the port and policies. Only sqlite_deliveries imports it.
"""
