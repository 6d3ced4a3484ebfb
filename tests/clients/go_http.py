"""Requests as Go's net/http writes them, to the byte, and the OAuth header that Go clients make."""

import base64
import gzip
import hashlib
import hmac
import http.client
import json
import secrets
import socket
import time
from urllib.parse import quote, urlsplit


class Answer:
    def __init__(self, response):
        self.status, self.headers, content = response.status, response.headers, response.read()
        if self.headers.get("Content-Encoding") == "gzip":
            content = gzip.decompress(content)
        self.content = content

    @property
    def text(self):
        return self.content.decode()

    def json(self):
        """The body, where the status is 200; Go clients take no other for success."""
        assert self.status == 200, f"HTTP {self.status}: {self.text}"
        return json.loads(self.text)


class Connection:
    """One keep-alive connection over TLS. Go writes Host, User-Agent and Content-Length first, then the rest by name, then Accept-Encoding."""

    def __init__(self, simulator):
        self.host = urlsplit(simulator.url).netloc
        plain = socket.create_connection(("127.0.0.1", simulator.port), timeout=20)
        self.socket = simulator.trust.wrap_socket(plain, server_hostname="127.0.0.1")

    def send(self, method, path, agent, headers, body=""):
        first = {"Host": self.host, "User-Agent": agent}
        if body:
            first["Content-Length"] = len(body.encode())
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in (*first.items(), *sorted(headers.items()), ("Accept-Encoding", "gzip"))]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        if headers.get("Expect") == "100-continue":
            self.wait_for_continue()
        self.socket.sendall(body.encode())
        response = http.client.HTTPResponse(self.socket, method=method)
        response.begin()
        return Answer(response)

    def wait_for_continue(self):
        """Go's transport waits a second for this; what fails here would cost every such request a second there."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            assert byte, "the connection ended before 100 Continue"
            head += byte
        assert head.startswith(b"HTTP/1.1 100 "), head


def oauth(token, url):
    """An Authorization header for GET `url`: no realm, parameters by name, a hexadecimal nonce."""
    fields = {
        "oauth_consumer_key": token["consumer_key"],
        "oauth_nonce": secrets.token_hex(8),
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": str(int(time.time())),
        "oauth_token": token["access_token"],
        "oauth_version": "1.0",
    }
    encoded = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(fields.items()))
    base = "&".join(quote(part, safe="") for part in ("GET", url, encoded))
    key = f"{token['consumer_secret']}&{token['access_secret']}".encode()
    signature = base64.b64encode(hmac.digest(key, base.encode(), hashlib.sha1)).decode()
    fields["oauth_signature"] = quote(signature, safe="")
    return "OAuth " + ", ".join(f'{name}="{value}"' for name, value in sorted(fields.items()))
