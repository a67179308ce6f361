"""Runs wechatpy against a sandbox, as its users run it against WeChat.

wechatpy is a WeChat client for Python. 1.8.18 is its latest release; of 2.0 there are previews only. Its code is as
released. It knows WeChat by that name alone, so the name is led to the sandbox below its HTTP client, and any other
leads nowhere. It has no method for jump rules: the calls go through `WeChatClient.post`, its way to any interface.

Needs the sandbox's JUMPQR_BASE_URL, JUMPQR_APPID and JUMPQR_SECRET in the environment, and resets that sandbox.
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

# Beyond ASCII, which has to arrive as UTF-8: WeChat refuses \u escapes.
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

# The sandbox is on this machine, whatever proxy the environment names.
directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(method, endpoint, body=None):
    """What the sandbox's control endpoint answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(SANDBOX + endpoint, data, method=method)
    with directly.open(request, timeout=10) as answer:
        return json.load(answer)


def kill_tokens():
    control("DELETE", f"sandbox/accounts/{APPID}/tokens")


def advance(seconds):
    control("POST", "sandbox/clock", {"advance_seconds": seconds})


class ToSandbox(HTTPAdapter):
    """Sends to the sandbox what is for WeChat."""

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
        """Asserts how many calls of each interface reached the sandbox, and that nothing else did."""
        counters = control("GET", "sandbox/counters")
        self.assertEqual(counters["calls"], calls)
        self.assertEqual(counters["unknown_paths"], 0)

    def assert_listed(self, wechat, *rules):
        """Asserts the prefix and state of the rules that are there."""
        answer = wechat.post("wxopen/qrcodejumpget", data={})
        self.assertEqual(
            [(rule["prefix"], rule["state"]) for rule in answer["rule_list"]], list(rules)
        )

    def assert_refused(self, errcode, call, *args, **kwargs):
        with self.assertRaises(WeChatClientException) as refusal:
            call(*args, **kwargs)
        self.assertEqual(refusal.exception.errcode, errcode)
        self.assertIn("rid: ", refusal.exception.errmsg)

    def test_a_rule_from_added_to_deleted_takes_one_token(self):
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

    def test_a_token_that_was_killed_is_renewed_once_each_time(self):
        wechat = client()
        self.assert_listed(wechat)
        for _ in range(5):
            kill_tokens()
            advance(1)  # Only so many calls are served in a second.
            self.assert_listed(wechat)
            self.assert_listed(wechat)
        # Five of the calls went out twice: once with the token that was dead.
        self.assert_served(token=1 + 5, getJumpQRCode=1 + 10 + 5)

    def test_a_token_that_expired_is_renewed(self):
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
