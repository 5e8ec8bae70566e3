"""What the owner of a file of people who are to be erased reads, and what is left in reports."""

REPORT_EMPTIED = (
    "Somebody was erased from this file. The examples, the reasons and the message that stood here"
    " went with them."
)
NOT_READ = (
    "The file could not be read as rows, so nobody was erased. Drop it as CSV or as an Excel"
    " workbook, with a header."
)
NOBODY = "No row of the file names anybody, so nobody was erased."
DONE = "A second search found nothing."
NOT_DONE = (
    "Not everything could be erased. Look at the objects that were not searched, and drop the file"
    " again."
)
