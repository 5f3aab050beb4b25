"""Outbox and inbox in PostgreSQL: the statements around what becomes of a delivery, safe with several proxies.

A file for each thing that is done to them. May import the port, policies and the connections. Only postgres_deliveries
imports it.
"""
