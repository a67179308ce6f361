"""Publishes the sample rule through jumpqr, which looks it up first."""

import driver
import jumpqr
from with_jumpqr import settings

client = jumpqr.Client(**settings())
driver.serve(lambda: lambda: client.publish_jump_qr_code(driver.rule()["prefix"]))
