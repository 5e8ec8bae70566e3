"""The local stack: an embedded AWS with the real template on it, and a stand-in for the provider."""
