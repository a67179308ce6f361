"""Adds the sample rule through jumpqr, in uvloop."""

import driver
import uvloop
from with_jumpqr_async import open_call

driver.serve_async(open_call, uvloop.run)
