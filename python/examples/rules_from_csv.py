"""Adds a rule for each row of a table, and says which rows failed and why."""

import csv
import io

from jumpqr import JumpqrError
from jumpqr.testing import Sandbox

TABLE = """prefix,path
https://m.example.cn/table/,pages/table/index
https://m.example.cn/bike/,pages/bike/index
m.example.cn/parcel/,pages/parcel/index
"""

with Sandbox() as sandbox, sandbox.client() as client:
    for number, row in enumerate(csv.DictReader(io.StringIO(TABLE)), start=2):
        try:
            client.add_jump_qr_code({**row, "open_version": 1, "permit_sub_rule": 1})
            print(f"line {number}: added {row['prefix']}")
        except JumpqrError as error:
            print(f"line {number}: {error.kind} {error.code}")
