"""What a vendor's requests carry as their credential, and where it comes from. Imports call, policies, wire, store."""
