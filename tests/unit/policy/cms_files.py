"""Small files in the layout of the CMS downloads; the codes are real, the rows are made up."""

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

PTP_HEAD = (
    "CPT only copyright. All rights reserved.\r\nColumn1/Column2 Edits\r\n\r\nColumn 1\tColumn 2\t"
    '"*=in existence prior to 1996"\tEffective Date\t"Deletion Date *=no data"\t'
    '"Modifier 0=not allowed 1=allowed 9=not applicable"\tPTP Edit Rationale\r\n'
)
PTP_ROWS = (
    "77301\t77280\t\t20020101\t*\t0\twords",
    "77301\t77336\t\t20180101\t*\t1\twords",
    "77307\t77300\t\t20150101\t20260930\t0\tended the day before",
    "77407\t77402\t\t20261001\t20261001\t9\tdeleted the day it took effect",
    "77412\t77402\t*\t\t*\t1\tolder than the dates",
    "77412\t77407\t\t20261115\t*\t1\tbegins inside the quarter",
    "77427\t77417\t\t20150101\t20261115\t0\tends inside the quarter",
)
MUE = (
    '"CPT codes only are copyright.\nAll rights reserved",,,\n'
    '"HCPCS/\nCPT Code",Practitioner Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n'
    "77407,2,3 Date of Service Edit: Clinical,words\n77427,1,2 Date of Service Edit: Policy,words\n"
)
RVU_HEAD = """,,2026 National Physician Fee Schedule Relative Value File April Release,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,CPT codes and descriptions only are copyright.,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,Dental codes are copyright.,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,, ,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,,RELEASED 03/20/2026,,,,,,,,,,,,,,,,,,,,,,,,,,,,
,, , ,,,,,,,,,,,,,,,,,,,,,,,,,NON-FACILITY,FACILITY,
,,,,NOT USED,,,,,,,,,,,,,,,,,,,,,PHYSICIAN,,DIAGNOSTIC,PE USED,PE USED,MP USED
,,,,FOR,,,NON-FAC,,FACILITY ,,,,,,,,,,,,,,,,SUPERVISION OF,,IMAGING,FOR OPPS,FOR OPPS,FOR OPPS
,,,STATUS,MEDICARE ,WORK,NON-FAC,NA,FACILITY,NA,MP,NON-FACILITY,FACILITY,PCTC,GLOB,PRE,INTRA,POST,MULT,BILAT,ASST,CO-,TEAM,\
ENDO,CONV,DIAGNOSTIC,CALCULATION,FAMILY,PAYMENT,PAYMENT,PAYMENT
HCPCS,MOD,DESCRIPTION,CODE,PAYMENT,RVU,PE RVU,INDICATOR,PE RVU,INDICATOR,RVU,TOTAL,TOTAL,IND,DAYS,OP,OP,OP,PROC,SURG,SURG,SURG,\
SURG,BASE,FACTOR,PROCEDURES,FLAG,INDICATOR,AMOUNT,AMOUNT,AMOUNT
"""
_RVU_TAIL = "XXX,0.00,0.00,0.00,0,0,0,0,0,,33.4009,09,0,99,0.00,0.00,0.00\n"
RVU_ROWS = (
    "77280,,words,A,,0.68,7.35,,7.35,NA,0.04,8.07,8.07,1," + _RVU_TAIL,
    "77280,26,words,A,,0.68,0.40,,0.40,,0.03,1.11,1.11,1," + _RVU_TAIL,
    "77280,TC,words,A,,0.00,6.95,,6.95,NA,0.01,6.96,6.96,1," + _RVU_TAIL,
)
ADDENDUM_B = (
    "Addendum B.-Final OPPS Payment by HCPCS Code for CY 2026,,,,,\nCPT codes only are copyright.,,,,,\n,,,,,\n"
    "HCPCS Code,Short Descriptor,SI,APC,Relative Weight,Payment Rate\n"
    "77407,words,S,5622,4.3110,$394.05 \n77387,words,N,,,\nC9999,words,,,,\n"
)
ICD10CM = "00001 C34     0 words\n00002 C341    0 words\n00003 C3411   1 words\n00004 C61     1 words\n00005 QZ99    1 words\n"


def write(folder: Path, name: str, text: str) -> Path:
    """A file with these words; CMS writes in an older alphabet."""
    path = folder / name
    path.write_bytes(text.encode("latin-1"))
    return path


def ptp(folder: Path, name: str = "ccipra-v323r0-f1.TXT", rows: tuple[str, ...] = PTP_ROWS) -> Path:
    """Procedure pairs, tab-separated."""
    return write(folder, name, PTP_HEAD + "\r\n".join(rows) + "\r\n")


def workbook(path: Path, rows: list[list[str | int | None]]) -> Path:
    """The smallest workbook: one sheet, words inline, numbers as numbers."""

    def cell(value: str | int | None, place: str) -> str:
        if value is None:
            return ""
        if isinstance(value, int):
            return f'<c r="{place}"><v>{value}</v></c>'
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'

    lines = "".join(
        f'<row r="{y}">' + "".join(cell(v, f"{chr(65 + x)}{y}") for x, v in enumerate(row)) + "</row>"
        for y, row in enumerate(rows, 1)
    )
    space, kinds = "http://schemas.openxmlformats.org", "application/vnd.openxmlformats-officedocument.spreadsheetml"
    relations = f"{space}/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{space}/package/2006/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{kinds}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{kinds}.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{space}/spreadsheetml/2006/main" xmlns:r="{relations}"><sheets>'
        '<sheet name="edits" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{space}/package/2006/relationships"><Relationship '
        f'Id="r1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}/spreadsheetml/2006/main"><sheetData>{lines}</sheetData>'
        "</worksheet>",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{text}')
    return path
