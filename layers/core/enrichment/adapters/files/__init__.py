"""Files of rows: every format is read as a `Sheet` and answered in kind.

opening     an upload becomes a sheet: spooled to disk, unpacked, recognised by its content
unpacking   gzip and zip
encoding    which characters the bytes of a text are
delimited   CSV
objects     JSON Lines and JSON arrays
workbook    Excel and OpenDocument, read by calamine
guard       what a workbook may hold, checked before it is loaded
package     the parts of an .xlsx file, and its sheet with cells added
answer      a workbook written anew
sheet       what all of them have in common
"""
