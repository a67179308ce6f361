"""Runs wechatpy against a sandbox, as its users run it against WeChat.

wechatpy is a WeChat client for Python. 1.8.18 is its latest release; 2.0 only has previews. Its
code is unchanged. WeChat's host name is built in, so an adapter below its HTTP client sends
requests for WeChat to the sandbox, and no others. It has no methods for jump rules, so the tests
use its general method `WeChatClient.post`.

The environment must have the sandbox's JUMPQR_BASE_URL, JUMPQR_APPID and JUMPQR_SECRET. The tests
reset the sandbox.
"""

import json
import os
import unittest
import urllib.request

from requests.adapters import HTTPAdapter
from wechatpy.client import WeChatClient
from wechatpy.exceptions import WeChatClientException

WECHAT = "https://api.weixin.qq.com/"
SANDBOX = os.environ["JUMPQR_BASE_URL"] + "/"
APPID = os.environ["JUMPQR_APPID"]
SECRET = os.environ["JUMPQR_SECRET"]

# A prefix beyond ASCII, which must arrive as UTF-8: WeChat refuses \u escapes.
PREFIX = "https://m.example.cn/桌/"
RULE = {
    "prefix": PREFIX,
    "permit_sub_rule": 1,
    "path": "pages/index/index",
    "open_version": 1,
    "debug_url": [PREFIX + "1"],
    "is_edit": 0,
}
ILLEGAL = {**RULE, "prefix": "https://m.example.ink/", "debug_url": []}

# The sandbox is on this machine, so a proxy of the environment is not used.
directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(method, endpoint, body=None):
    """Returns the answer of the sandbox's control endpoint."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SANDBOX + endpoint, data, method=method)
    with directly.open(request, timeout=10) as answer:
        return json.load(answer)


def kill_tokens():
    control("DELETE", f"sandbox/accounts/{APPID}/tokens")


def advance(seconds):
    control("POST", "sandbox/clock", {"advance_seconds": seconds})


class ToSandbox(HTTPAdapter):
    """Sends requests for WeChat to the sandbox."""

    def send(self, request, *args, **kwargs):
        request.url = request.url.replace(WECHAT, SANDBOX, 1)
        return super().send(request, *args, **kwargs)


def client(secret=SECRET):
    client = WeChatClient(APPID, secret, timeout=10)
    client._http.trust_env = False
    client._http.adapters.clear()
    client._http.mount(WECHAT, ToSandbox())
    return client


class Peer(unittest.TestCase):
    def setUp(self):
        control("POST", "sandbox/reset")

    def assert_served(self, **calls):
        """Asserts the number of calls of each interface, and that there were no other requests."""
        counters = control("GET", "sandbox/counters")
        self.assertEqual(counters["calls"], calls)
        self.assertEqual(counters["unknown_paths"], 0)

    def assert_listed(self, wechat, *rules):
        """Asserts the prefix and the state of each listed rule."""
        answer = wechat.post("wxopen/qrcodejumpget", data={})
        self.assertEqual(
            [(rule["prefix"], rule["state"]) for rule in answer["rule_list"]], list(rules)
        )

    def assert_refused(self, errcode, call, *args, **kwargs):
        with self.assertRaises(WeChatClientException) as refusal:
            call(*args, **kwargs)
        self.assertEqual(refusal.exception.errcode, errcode)
        self.assertIn("rid: ", refusal.exception.errmsg)

    def test_the_life_of_a_rule_takes_one_token(self):
        wechat = client()
        self.assertEqual(wechat.fetch_access_token()["expires_in"], 7200)

        wechat.post("wxopen/qrcodejumpadd", data=RULE)
        self.assert_listed(wechat, (PREFIX, 1))
        wechat.post("wxopen/qrcodejumppublish", data={"prefix": PREFIX})
        self.assert_listed(wechat, (PREFIX, 2))
        wechat.post("wxopen/qrcodejumpdelete", data={"prefix": PREFIX})
        self.assert_listed(wechat)

        self.assert_served(
            token=1, addJumpQRCode=1, getJumpQRCode=3, publishJumpQRCode=1, deleteJumpQRCode=1
        )

    def test_a_bad_rule_is_refused_and_renews_nothing(self):
        wechat = client()
        self.assert_refused(85066, wechat.post, "wxopen/qrcodejumpadd", data=ILLEGAL)
        self.assert_listed(wechat)
        self.assert_served(token=1, addJumpQRCode=1, getJumpQRCode=1)

    def test_a_wrong_secret_is_refused_once(self):
        self.assert_refused(40125, client(secret="0" * 32).post, "wxopen/qrcodejumpget", data={})
        self.assert_served(token=1)

    def test_each_killed_token_is_renewed_once(self):
        wechat = client()
        self.assert_listed(wechat)
        for _ in range(5):
            kill_tokens()
            advance(1)  # The sandbox limits the calls of a second.
            self.assert_listed(wechat)
            self.assert_listed(wechat)
        # Five of the calls were sent twice: first with the dead token.
        self.assert_served(token=1 + 5, getJumpQRCode=1 + 10 + 5)

    def test_an_expired_token_is_renewed(self):
        wechat = client()
        wechat.post("wxopen/qrcodejumpadd", data=RULE)
        advance(7200)
        self.assert_listed(wechat, (PREFIX, 1))
        self.assert_served(token=2, addJumpQRCode=1, getJumpQRCode=2)

    def test_a_token_outlives_the_next_one_by_five_minutes(self):
        first, second = client(), client()
        self.assert_listed(first)
        self.assert_listed(second)
        advance(299)
        self.assert_listed(first)
        self.assert_served(token=2, getJumpQRCode=3)
        advance(2)
        self.assert_listed(first)
        self.assert_listed(second)
        self.assert_served(token=3, getJumpQRCode=6)


if __name__ == "__main__":
    unittest.main()
