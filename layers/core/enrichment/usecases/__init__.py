"""What the pipeline does, one module for each function that does it, and the steps they share.

Everything they touch is passed in.
"""
