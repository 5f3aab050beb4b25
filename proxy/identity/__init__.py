"""What is configured of identities: tokens, certificates, sockets. May import values of the configuration alone."""
