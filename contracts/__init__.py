"""What our adapters use of each vendor, as Pact files, and their verification. A provider is a URL."""
