"""The store in one SQLite file. The only room that knows SQL and names sqlite3.

May import the port (store, records, quotas), policies and the ground. Only store_choice imports it.
"""
