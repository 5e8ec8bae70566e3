"""Files of rows: every format is read as a `Sheet` and answered in kind.

opening      an upload becomes a sheet: spooled to disk, unpacked, recognised by its content
archives     gzip and zip
encoding     which characters the bytes of a text are
csv_sheet    CSV
json_sheet   JSON Lines and JSON arrays
workbook     Excel and OpenDocument
sheet        what all of them have in common
"""
