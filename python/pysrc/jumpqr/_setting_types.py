"""The settings, written from the table of settings of the Rust client; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict


class CommonSettings(TypedDict, total=False):
    """Settings of clients and platforms."""

    token_store: str | None
    """The store that keeps tokens, so that other clients, processes and machines share them:
    `memory:`, in this client alone; `dir:/absolute/path`, a folder that the processes of this
    machine share; `redis://[user:password@]host[:port][/db]` or `redis+unix:///path`, for many
    machines; `redis+sentinel://host,host/master`, for the master that sentinels name;
    `redis+cluster://host,host`, for a cluster. With `rediss` instead of `redis`, TLS is used. Of
    all that share a store, one renews at a time. Default: `memory:`.
    """

    base_url: str | None
    """The host to call. It must be https, unless it is an address of this machine. Default:
    `https://api.weixin.qq.com`.
    """

    alternate_base_urls: Sequence[str] | None
    """Hosts that are tried, in order, if nothing could be sent to the ones before. For example
    `https://api2.weixin.qq.com`, WeChat's host for disaster recovery. Default: none.
    """

    allow_http: bool | None
    """Whether plain http to other machines is allowed. Use it only for a proxy in your own network
    that speaks https to WeChat. Default: False.
    """

    timeout: float | None
    """The timeout of a whole call, with tokens, retries and reading back; more than 0, and at most
    a day. A token request takes at most three quarters of the remaining time, and at most 10 s.
    Waiting for a slot (see `pacing`) does not count: it has `queue_timeout`. Default: 30 seconds.
    """

    queue_timeout: float | None
    """How long a call may wait for all its slots (see `pacing`) and, in Node and asyncio, for other
    calls to end (see `max_concurrency`); more than 0, and at most a day. WeChat accepts 5 calls a
    second, so 1,000 calls that begin at once take 220 s. A call that would wait longer fails at
    once with the code `paced_out`. Default: 300 seconds.
    """

    connect_timeout: float | None
    """The timeout for resolving the host, and then for connecting, with TLS; more than 0, and at
    most a day. Default: 5 seconds.
    """

    read_timeout: float | None
    """How long the server may send nothing; more than 0, and at most a day. Default: 10 seconds."""

    max_retries: int | None
    """How often a call is retried after a transient failure, 0 to 100. Default: 3."""

    pacing: bool | None
    """Whether calls wait for slots, so that at most 5 calls a second are sent for each interface
    and account. Clients that share a token store share the slots. WeChat refuses more calls with
    44990. Default: True.
    """

    validate: bool | None
    """Whether a request is checked before it is sent, and a rule is looked up before it is
    published or deleted. Default: True.
    """

    body_limit: int | None
    """The longest response, in bytes. The default is more than a list of 10,000 rules has. Default:
    4194304.
    """

    proxy: str | None
    """The proxy: `environment`, the proxy of the environment; `direct`, no proxy; or its URL,
    `http://[user:password@]host[:port]`, or with `socks5://` (this machine resolves names) or
    `socks5h://` (the proxy does). From the environment, `https_proxy` is read, or `http_proxy` for
    a base URL with plain http, and then `all_proxy`. Hosts in `no_proxy` are called directly.
    `localhost` and loopback addresses are always called directly. Default: `environment`.
    """

    tls_roots: bytes | str | None
    """The certificates to trust: `bundled`, Mozilla's list; `os`, the operating system's, on Linux
    those of `SSL_CERT_FILE` or `SSL_CERT_DIR` if one is set; or certificates in PEM, and no others.
    Default: `bundled`.
    """

    extra_tls_roots: bytes | str | None
    """Further certificates to trust besides `tls_roots`, in PEM. For example the authority of a
    company whose proxy decrypts TLS.
    """

    ip_version: Literal["any", "ipv4", "ipv6"] | None
    """The version of the Internet Protocol to connect with, also to a proxy. Set it if only the
    machine's IPv4 or only its IPv6 address is in WeChat's list of allowed addresses. Default:
    `any`.
    """


class ThreadSettings(CommonSettings, total=False):
    """Settings of clients and platforms whose calls run on threads of their own."""

    max_concurrency: int | None
    """The most calls at once, 1 or more. Further calls wait until others have ended. Default: 64.
    """


class ClientSettings(CommonSettings, total=False):
    """Further settings of a client."""

    appid: str | None
    """The appid of the account whose rules these are. Its tokens are fetched with `secret`, kept in
    `token_store`, and renewed before they expire.
    """

    secret: str | None
    """The appsecret of the account."""

    token_interface: Literal["stable_token", "token"] | None
    """The interface that issues the tokens of `appid`. Default: `stable_token`."""


class PlatformSettings(CommonSettings, total=False):
    """Further settings of a platform."""

    component_appid: str | None
    """The appid of the third-party platform."""

    component_appsecret: str | None
    """The appsecret of the third-party platform."""

    component_token_field: Literal["access_token", "component_access_token"] | None
    """The name of the query parameter that holds the platform's own token, in its requests for
    tokens. WeChat's older pages call it component_access_token. Default: `access_token`.
    """

    message_token: str | None
    """The platform's message token (消息校验Token of the console), with which it receives pushes.
    It needs `encoding_aes_key`, too.
    """

    message_token_former: str | None
    """The message token before the last change. Keep it for a while after a change: WeChat does not
    say when it begins to use the new one.
    """

    encoding_aes_key: str | None
    """The platform's EncodingAESKey (消息加解密Key of the console), with which it receives pushes:
    43 letters and digits. It needs `message_token`, too.
    """

    encoding_aes_key_former: str | None
    """The EncodingAESKey before the last change. Keep it for a while after a change, as the message
    token.
    """
