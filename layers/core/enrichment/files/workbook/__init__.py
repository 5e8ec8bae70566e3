"""Excel and OpenDocument workbooks.

reading          a workbook is read by calamine, as a sheet like any other file
loading_checks   what .xls and .ods files may hold, found out before they are loaded
package          the parts of an .xlsx file
sizes            how large its sheets are, found out before they are loaded
added_cells      cells added to a sheet of it in place
ranges           tables and filters that grow over them
xml              reading any of its parts as a stream
new_workbook     a workbook written anew
"""
