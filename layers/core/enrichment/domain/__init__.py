"""The rules, without I/O: what a contact needs, how batches are cut, which states follow which."""
