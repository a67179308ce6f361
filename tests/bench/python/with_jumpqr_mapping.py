"""Adds the sample rule through jumpqr, from a mapping."""

import driver
import jumpqr
from with_jumpqr import settings

client = jumpqr.Client(**settings())
driver.serve(lambda: lambda: client.add_jump_qr_code(driver.rule()))
