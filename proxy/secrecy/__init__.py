"""What either side may see of secrets: an echo of the vendor's is masked for the app. Imports call, wire and ground."""
