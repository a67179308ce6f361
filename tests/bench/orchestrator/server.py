"""A WeChat that accepts everything: nginx with one worker, over HTTP and TLS 1.3."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

HOST = "127.0.0.1"

ANSWER = '{"errcode":0,"errmsg":"ok"}'

# The answer to getJumpQRCode: the sample, not yet published.
LIST = (
    '{"errcode":0,"errmsg":"ok","rule_list":[{"prefix":"https://weixin.qq.com/qrcodejump",'
    '"permit_sub_rule":1,"path":"pages/index/index","open_version":1,'
    '"debug_url":["https://weixin.qq.com/qrcodejump?a=1","https://weixin.qq.com/qrcodejump?a=2"],'
    '"state":1}],"qrcodejump_open":1,"list_size":1,"qrcodejump_pub_quota":100,"total_count":1}'
)

# The delay of the slow endpoint, in seconds.
SLOWNESS = 0.02

CONFIG = """\
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
include /etc/nginx/modules-enabled/50-mod-http-echo.conf;
worker_rlimit_nofile 4096;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  default_type "application/json; encoding=utf-8";
  keepalive_timeout 1h;
  keepalive_requests 1000000000;
  tcp_nodelay on;
  ssl_certificate {folder}/server.pem;
  ssl_certificate_key {folder}/server.pem;
  ssl_protocols TLSv1.3;
  server {{
    listen {host}:{http};
    listen {host}:{https} ssl;
    location /cgi-bin/ {{ return 200 '{answer}'; }}
    location = /cgi-bin/wxopen/qrcodejumpget {{ return 200 '{list}'; }}
  }}
  server {{
    listen {host}:{slow_http};
    listen {host}:{slow_https} ssl;
    location /cgi-bin/ {{
      echo_read_request_body;
      echo_sleep {slowness};
      echo_exec @answer;
    }}
    location @answer {{ return 200 '{answer}'; }}
  }}
}}
"""


@dataclass(frozen=True)
class Server:
    """A running server."""

    base_urls: dict[str, str]  # by endpoint: http, https, slow http, slow https
    ca: Path  # the authority to trust
    worker: int  # the process of the worker

    def endpoint(self, name: str) -> tuple[str, str | None]:
        """Returns the base URL of an endpoint, and over https the authority to trust."""
        base_url = self.base_urls[name]
        return base_url, str(self.ca) if base_url.startswith("https:") else None

    def pin(self, cores: set[int]) -> None:
        """Restricts the worker to these cores."""
        os.sched_setaffinity(self.worker, cores)


def find_free_ports(count: int) -> list[int]:
    """Returns ports on which no program listens."""
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [listening.getsockname()[1] for listening in sockets]
    for listening in sockets:
        listening.close()
    return ports


def write_certificate(folder: Path) -> Path:
    """Makes a certificate for the server, and returns the file of its authority."""
    authority = trustme.CA()
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    return folder / "ca.pem"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Runs the server while the context lasts. It writes only into `folder`."""
    ca = write_certificate(folder)
    http, https, slow_http, slow_https = find_free_ports(4)
    config = folder / "nginx.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            host=HOST,
            http=http,
            https=https,
            slow_http=slow_http,
            slow_https=slow_https,
            slowness=SLOWNESS,
            answer=ANSWER,
            list=LIST,
        )
    )
    # Before nginx has read its configuration, it would write to the log of the system.
    command = ["nginx", "-c", str(config), "-e", str(folder / "error.log")]
    master = subprocess.Popen(command)
    try:
        worker = wait_for_worker(master, folder)
        base_urls = {
            "http": f"http://{HOST}:{http}",
            "https": f"https://{HOST}:{https}",
            "slow http": f"http://{HOST}:{slow_http}",
            "slow https": f"https://{HOST}:{slow_https}",
        }
        yield Server(base_urls, ca, worker)
    finally:
        master.terminate()
        master.wait()


def wait_for_worker(master: subprocess.Popen, folder: Path) -> int:
    """Waits for the worker, and returns its process."""
    children = Path(f"/proc/{master.pid}/task/{master.pid}/children")
    # If another program has taken a port, nginx tries for 2.5 s to get it.
    for _ in range(600):
        if master.poll() is not None:
            raise SystemExit("nginx does not start:\n" + (folder / "error.log").read_text())
        if (folder / "pid").exists() and (worker := children.read_text().split()):
            return int(worker[0])
        time.sleep(0.05)
    raise SystemExit("nginx did not start its worker within 30 s")
