"""The command line of operators: it asks the stack's function `operate`, and looks at what AWS
knows of the stack, with the rights of whoever runs it.

`stack` makes the calls, `doctor` judges what they say, `pictures` draws it, `commands` puts the
three together. Nothing here knows how a job works: that is for the function.
"""

__version__ = "0.1.0"
