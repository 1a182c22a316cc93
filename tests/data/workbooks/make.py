"""Write tracker.xlsx as somebody keeps it; LibreOffice then saves it in each format (README.md)."""

from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.comments import Comment

book = Workbook()
sheet = book.active
sheet.title = "Clients 2027"
rows = [
    ["Clients of the agency"],
    [],
    ["Domain", "Name", "Renewal date", "Product", "Hub ID", "Primary contact", "Comments"],
    ["acme.example", "Acme", date(2027, 3, 1), "CRM", 4411223, "ana@acme.example", None],
    ["borges.example", "=B4", "=DATE(2027,4,2)", '=""', "=NA()", "=1/0", "=FOO()"],
    ["cedro.example", "Hidden", datetime.fromisoformat("2027-05-03 09:30"), "CRM", None, None, True],
    ["dourado.example", "Merged", date(2027, 6, 4), "CRM", None, "d@dourado.example", time(9, 30)],
    ["esmeralda.example", None, date(2027, 7, 5), "CRM", 1, "e@esmeralda.example", 0.5],
    [None, "Total", None, None, 5],
]
for row in rows:
    sheet.append(row)
sheet["A4"].comment = Comment("Ask Paula #REF!", "Ana")
sheet.row_dimensions[6].hidden = True
sheet.column_dimensions["G"].hidden = True
sheet.merge_cells("A1:C1")
sheet.merge_cells("B7:B8")
sheet.merge_cells("D11:F12")
other = book.create_sheet("Lists")
other.append(["Owner"])
other.append(["hubspot"])
other.sheet_state = "hidden"
book.create_sheet("Empty")
book.save("tracker.xlsx")
