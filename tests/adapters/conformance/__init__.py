"""One suite for each port, run against every vendor of it: the real adapter, proxy and simulator, on real sockets."""
