"""What commands read of other programs that run: proxies, simulators. Imports problems alone."""
