"""The settings of clients and platforms. None stands for the default; times are in seconds."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Callable, Optional, TypedDict, Union

__all__ = ["AsyncClientSettings", "AsyncPlatformSettings", "ClientSettings", "PlatformSettings"]


class _Settings(TypedDict, total=False):
    """The settings that all have in common."""

    token_store: Optional[str]
    """Where tokens are kept: "memory:" (the default), for this object alone;
    "dir:/absolute/path", a folder that the processes of this machine share;
    "redis://[user:password@]host[:port][/db]", rediss with TLS, or "redis+unix:///path", for a
    fleet. Of all that share a store, one fetches a token at a time. A platform keeps its ticket and
    its merchants' refresh tokens there, too; only "dir:" and "redis:" survive this process."""
    base_url: Optional[str]
    """The host to call; https://api.weixin.qq.com by default. It must be https, except on this
    machine."""
    alternate_base_urls: Optional[Sequence[str]]
    """Hosts to try, in order, when nothing could be sent to the ones before."""
    allow_http: Optional[bool]
    """Whether plain http to other machines is allowed. Use it only for a proxy in your own
    network."""
    timeout: Optional[float]
    """The time limit of a whole call, with tokens, retries and reading back; 30 s by default. It
    does not run while the call waits for its slot."""
    queue_timeout: Optional[float]
    """How long a call may wait for a free thread and for all its slots together, see `pacing`;
    300 s by default, enough for 1,000 calls at once. A call that would wait longer fails at once
    with the code "paced_out"."""
    connect_timeout: Optional[float]
    """The time limit of looking up the host's name, and of connecting, TLS included; 5 s each by
    default."""
    read_timeout: Optional[float]
    """How long the server may send nothing; 10 s by default."""
    max_retries: Optional[int]
    """How often a call is tried again after a transient failure; 3 by default, 0 to 100."""
    pacing: Optional[bool]
    """Whether calls wait for slots, so that at most 5 calls a second of each interface and account
    are sent; True by default. WeChat answers more calls with 44990."""
    validate: Optional[bool]
    """Whether a request is checked before it is sent, and a rule is looked up before it is
    published or deleted; True by default."""
    body_limit: Optional[int]
    """The largest response, in bytes; 4 MiB by default, more than a list of 10,000 rules has."""
    proxy: Optional[str]
    """"environment", the proxy of the environment (the default); "direct", no proxy; or a URL:
    `http://[user:password@]host[:port]`, or the same with `socks5://`, or with `socks5h://` if the
    proxy resolves names. In the environment, `https_proxy` counts, or `http_proxy` for a base_url
    with plain http, then `all_proxy`, except for hosts in `no_proxy`."""
    tls_roots: Union[bytes, str, None]
    """The certificates to trust: "bundled", Mozilla's list (the default); "os", the operating
    system's, on Linux those of `SSL_CERT_FILE` if it is set; or certificates in PEM."""
    extra_tls_roots: Union[bytes, str, None]
    """Certificates to trust in addition, in PEM, for example your company's."""
    ip_version: Optional[str]
    """"any" (the default), "ipv4" or "ipv6". Set it if WeChat's list has only one of this machine's
    addresses."""


class _AppSettings(_Settings, total=False):
    appid: Optional[str]
    """The account whose rules these are. Its tokens are fetched, kept, and renewed in time."""
    secret: Optional[str]
    """The account's appsecret."""
    token_interface: Optional[str]
    """The interface that issues the tokens of `appid`: "stable_token" (the default) or "token"."""


class ClientSettings(_AppSettings, total=False):
    """The settings of a `Client`. Give `access_token`, or `appid` and `secret`."""

    access_token: Union[str, Callable[[Optional[str]], str], None]
    """A token, or a function that returns one. The function is called before each call, on the
    thread of the call. It takes the token that WeChat has just rejected, or None. It must keep its
    token, may be called by many threads at once, and must limit its own time. The call raises what
    the function raises."""


class _Threads(TypedDict, total=False):
    max_concurrency: int
    """How many calls may run at once; 64 by default."""


class AsyncClientSettings(_AppSettings, _Threads, total=False):
    """The settings of an `AsyncClient`: those of a `Client`, and `max_concurrency`."""

    access_token: Union[str, Callable[[Optional[str]], Union[str, Awaitable[str]]], None]
    """As for a `Client`. The function may be asynchronous: it runs in the event loop of the call,
    and its task is cancelled if the call is cancelled or out of time. Another function cannot be
    interrupted: it occupies one of the `max_concurrency` threads until it returns."""


class _Component(TypedDict):
    component_appid: str
    """The platform's appid."""
    component_appsecret: str
    """The platform's appsecret."""


class PlatformSettings(_Component, _Settings, total=False):
    """The settings of a `Platform`: its credentials, and those that clients have, too."""

    component_token_field: Optional[str]
    """The name of the platform's token in the query of its token requests: "access_token", as on
    WeChat's newer pages (the default), or "component_access_token"."""


class AsyncPlatformSettings(PlatformSettings, _Threads, total=False):
    """The settings of an `AsyncPlatform`: those of a `Platform`, and `max_concurrency`."""
