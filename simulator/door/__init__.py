"""Who may come in, and how often: addresses, credentials, OAuth, and the limits in the vendor's dialect."""
