"""Posts the sample with aiohttp, in uvloop."""

import driver
import uvloop
from with_aiohttp import open_call

driver.serve_async(open_call, uvloop.run)
