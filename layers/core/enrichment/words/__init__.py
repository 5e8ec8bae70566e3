"""Every sentence that the owner of a file reads, apart from the report page's own.

files   why a file is refused
rows    why a row was not sent, or what came of it
jobs    what a report says about a job: how the file was read, pauses, doubts, copies
verdicts, next_steps, progress    how a job stands, what to do next, and how far it is

Fragments begin in lower case: they follow the name of a field or stand in a longer sentence.
"""
