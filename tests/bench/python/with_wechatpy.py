"""Posts the sample with the WeChat client wechatpy, by its general method `post`."""

import driver
from requests.adapters import HTTPAdapter
from wechatpy.client import WeChatClient

client = WeChatClient("wx1234567890abcdef", "", access_token=driver.TOKEN, timeout=30)
client.API_BASE_URL = f"{driver.BASE_URL}/cgi-bin/"
# The maximum number of calls in flight.
client._http.mount(driver.BASE_URL, HTTPAdapter(pool_maxsize=64))
if driver.CA is not None:
    client._http.verify = driver.CA


def call():
    driver.check(client.post("wxopen/qrcodejumpadd", data=driver.rule()))


driver.serve(lambda: call)
