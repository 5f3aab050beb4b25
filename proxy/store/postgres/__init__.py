"""The store in a PostgreSQL database, which several proxies share. The only room that names psycopg.

May import the port (store, records, quotas), policies and the ground. Only store_choice imports it.
"""
