"""Recording what somebody may have to answer for, apart from every call's way. May import the store and the ground."""
