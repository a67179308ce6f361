"""Calls WeChat for many merchants of one platform, so that the memory of the process can be read.

The first line of standard input is JSON: the platform with its ticket, and the refresh tokens by
merchant. The driver makes the platform, and prints "ready". At the next line, it makes two calls
for each merchant, 64 at once, prints "done", and waits for the end of the input.
"""

import json
import sys
from concurrent.futures import ThreadPoolExecutor

import jumpqr

IN_FLIGHT = 64


def call(merchant):
    appid, refresh_token = merchant
    platform.set_authorizer_refresh_token(appid, refresh_token)
    client = platform.merchant(appid)
    for _ in range(2):
        client.get_jump_qr_code()


authorised = json.loads(sys.stdin.readline())
platform = jumpqr.Platform(
    component_appid=authorised["component_appid"],
    component_appsecret=authorised["component_appsecret"],
    base_url=authorised["base_url"],
    token_store="memory:",  # noqa: S106 - not a secret
    pacing=False,
)
platform.set_verify_ticket(authorised["ticket"])
print("ready", flush=True)
sys.stdin.readline()
with ThreadPoolExecutor(IN_FLIGHT) as pool:
    # Taking each result raises its error.
    for _ in pool.map(call, authorised["refresh_tokens"].items()):
        pass
print("done", flush=True)
sys.stdin.readline()
