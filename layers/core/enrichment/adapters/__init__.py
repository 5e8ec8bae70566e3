"""The edges: each module speaks to one service or one file format, in the domain's terms."""
