"""Files of rows: every format is read as a `Sheet` and answered in kind.

opening        an upload becomes a sheet: spooled to disk, unpacked, recognised by its content
unpacking      gzip and zip
encoding       which characters the bytes of a text are
delimited      CSV
objects        JSON Lines and JSON arrays
workbook       Excel and OpenDocument, read by calamine
guard          what other workbooks may hold, found out before they are loaded
package        the parts of an .xlsx file
measure        how large its sheets are, found out before they are loaded
edit           cells added to a sheet of it in place
ranges         tables and filters that grow over them
xml            reading any of its parts as a stream
new_workbook   a workbook written anew
sheet          what all of them have in common
"""
