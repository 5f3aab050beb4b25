"""How a request wears a credential that is no fixed header: put into the query or the body, or signed.

Works on whole requests as bytes, just before they are sent. May import the wire's and policies' values and the ground.
"""
