"""What the pipeline does, one module for each function that does it. Everything it touches is passed in."""
