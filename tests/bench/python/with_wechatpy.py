"""Posts the sample with wechatpy, a WeChat client. It has no method for jump rules, but `post`, for any interface."""

import driver
from requests.adapters import HTTPAdapter
from wechatpy.client import WeChatClient

client = WeChatClient("wx1234567890abcdef", "", access_token=driver.TOKEN, timeout=30)
client.API_BASE_URL = f"{driver.BASE_URL}/cgi-bin/"
# As many connections as calls are in flight, at most.
client._http.mount(driver.BASE_URL, HTTPAdapter(pool_maxsize=64))
if driver.CA is not None:
    client._http.verify = driver.CA


def call():
    driver.check(client.post("wxopen/qrcodejumpadd", data=driver.rule()))


driver.serve(lambda: call)
