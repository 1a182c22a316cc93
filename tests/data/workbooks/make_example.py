"""Write examples/tracker.xlsx: the list of clients as somebody at an agency keeps it."""

from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

book = Workbook()
book.properties.created = book.properties.modified = datetime.fromisoformat("2026-11-23")
sheet = book.active
sheet.title = "Clientes"
for row in (
    ["Clientes HubSpot 2027"],
    [],
    ["Cliente", "Site", "Próxima renovação", "Contato principal", "Financeiro", "Valor", "Obs."],
    [
        "Padaria União",
        "https://padaria-uniao.example/",
        date(2027, 3, 5),
        "Helena Dias (helena@padaria-uniao.example)",
        None,
        900,
        "prefere telefone",
    ],
    [
        "Açúcar & Cia",
        "www.acucar-e-cia.example",
        "20 de fevereiro de 2027",
        "joao@acucar-e-cia.example",
        "financeiro@acucar-e-cia.example; ap@acucar-e-cia.example",
        1450,
        None,
    ],
    ["Hotel Miramar", "miramar.example", "a confirmar", "rita@miramar.example", "-", 600, None],
    ["Livraria Antiga", "livraria-antiga.example", date(2026, 1, 31), None, None, 0, "saiu em 2025"],
    ["Total", None, None, None, None, 2950, None],
):
    sheet.append(row)
sheet["A1"].font = Font(bold=True, size=14)
for cell in sheet[3]:
    cell.font = Font(bold=True)
sheet.row_dimensions[7].hidden = True
lists = book.create_sheet("Listas")
lists.append(["Situação"])
lists.append(["ativo"])
lists.sheet_state = "hidden"
book.save(Path(__file__).parents[3] / "examples" / "tracker.xlsx")
