"""What several use cases have in common, one step a module. Everything they touch is passed in."""
