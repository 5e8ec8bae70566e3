"""The local stack: an embedded AWS with the real template on it, beside a stand-in provider."""
