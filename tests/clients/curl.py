"""curl, in the ways that people use it: HTTP/1.1 and HTTP/2, old and new TLS, plain text, through a proxy, with Apple's names."""

import json
import os
import subprocess

from go_http import oauth
from stage import equal, playing

with playing("curl", "scenarios/small.yaml", notes=("signs-in-for-every-call",)) as (simulator, step):
    apple, url, plain = "https://mdmenrollment.apple.com", simulator.url, f"http://127.0.0.1:{simulator.port}"
    proxy = ["--proxy", plain]

    def curl(*words):
        """Answers the body, and what was spoken: HTTP version and status."""
        environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
        command = ["curl", "-sS", "--cacert", simulator.ca, "-w", "\n%{http_version} %{http_code}", *words]
        told = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert told.returncode == 0, told.stderr
        body, _, spoken = told.stdout.rpartition("\n")
        return body, spoken

    def session(base, *words):
        body, spoken = curl("-H", f"Authorization: {oauth(simulator.token(), base + '/session')}", *words, f"{base}/session")
        equal(spoken.split()[1], "200")
        return ["-H", f"X-ADM-Auth-Session: {json.loads(body)['auth_session_token']}", "-H", "X-Server-Protocol-Version: 10"]

    for name, words, version in [
        ("HTTP/2", ["--http2"], "2"),
        ("HTTP/1.1", ["--http1.1"], "1.1"),
        ("TLS 1.2", ["--tls-max", "1.2"], "2"),
        ("TLS 1.3", ["--tlsv1.3"], "2"),
    ]:
        with step(f"reads the account over {name}"):
            body, spoken = curl(*words, *session(url, *words), f"{url}/account")
            equal((json.loads(body)["org_name"], spoken), ("Acme Corporation", f"{version} 200"))

    with step("reads the account in plain text on the same port"):
        body, spoken = curl(*session(plain), f"{plain}/account")
        equal((json.loads(body)["org_name"], spoken), ("Acme Corporation", "1.1 200"))

    with step("speaks HTTP/2 in plain text too"):
        equal(curl("--http2-prior-knowledge", f"{plain}/_sim/ready")[1], "2 200")

    with step("reaches Apple's name through us as its proxy"):
        body, spoken = curl(*proxy, *session(apple, *proxy), f"{apple}/account")
        equal((json.loads(body)["org_name"], spoken), ("Acme Corporation", "2 200"))

    with step("reaches Apple's name resolved to us"):
        resolved = ["--connect-to", f"mdmenrollment.apple.com:443:127.0.0.1:{simulator.port}"]
        body, _ = curl(*resolved, *session(apple, *resolved), f"{apple}/account")
        equal(json.loads(body)["org_name"], "Acme Corporation")

    with step("is let through to nobody but Apple"):
        told = subprocess.run(["curl", "-sS", *proxy, "https://example.org/"], capture_output=True, text=True)
        assert told.returncode != 0 and "403" in told.stderr, told.stderr

    with step("refuses us where nobody told it of our CA"):
        told = subprocess.run(["curl", "-sS", f"{url}/_sim/ready"], capture_output=True, text=True)
        equal(told.returncode, 60)

    with step("sends a DELETE with a body"):
        body, _ = curl(*session(url), "-X", "DELETE", "--json", '{"devices": ["C02SMALL0001"]}', f"{url}/profile/devices")
        equal(json.loads(body)["devices"], {"C02SMALL0001": "SUCCESS"})
