"""The stage on which a client is played: a simulator of its own, steps that pass or fail, and the simulator's control API."""

import contextlib
import json
import os
import pathlib
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = pathlib.Path(os.environ.get("ABMSIM_PROGRAM", REPOSITORY / "target/release/abmsim"))
if not PROGRAM.exists():
    sys.exit(f"there is no {PROGRAM}; `cargo build --release` makes it")


class Simulator:
    """A running `abmsim serve`, with certificates in a folder of its own."""

    def __init__(self, folder, arguments):
        self.folder = pathlib.Path(folder)
        words = [PROGRAM, "serve", *arguments, "--listen", "127.0.0.1:0", "--certs", self.folder / "certs"]
        # No variable of the person who runs this may change what is tested.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("ABMSIM_")}
        self.log = open(self.folder / "log", "w+")
        self.process = subprocess.Popen(words, cwd=REPOSITORY, env=environment, text=True, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line.startswith("abmsim ready "):
            self.process.wait()
            sys.exit(f"the simulator did not start:\n{self.said()}")
        self.url = line.split()[2]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.ca = str(self.folder / "certs/ca.pem")
        self.trust = ssl.create_default_context(cafile=self.ca)

    def said(self):
        self.log.seek(0)
        return self.log.read()

    def control(self, method, path, body=None, headers=None):
        """Calls the control API. Answers JSON where that comes back, else bytes."""
        headers = {"Content-Type": "application/json", **(headers or {})}
        data = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sim{path}", data, headers, method=method)
        straight = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.trust))
        try:
            with straight.open(request) as answer:
                content, kind = answer.read(), answer.headers.get("Content-Type", "")
        except urllib.error.HTTPError as refused:
            raise AssertionError(f"{method} /_sim{path}: {refused.code} {refused.read().decode()}") from None
        return json.loads(content) if "json" in kind else content

    def token(self, server=None, organization="acme"):
        """The server token of a server (the first), in clear."""
        servers = self.control("GET", f"/orgs/{organization}")["servers"]
        return next(known["token"] for known in servers if server in (None, known["name"]))

    def advance(self, time, organization="acme"):
        return self.control("POST", f"/orgs/{organization}/clock", {"advance": time})

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=10)
        assert code == 0, f"the simulator ended with exit code {code}:\n{self.said()}"


@contextlib.contextmanager
def playing(client, *arguments, organization="acme", notes=()):
    """Starts a simulator for a client, and hands out (simulator, step). A step that fails ends the program with exit code 1. In the end the report
    on `organization` may have `notes` against the client, and nothing else."""

    @contextlib.contextmanager
    def step(what):
        try:
            yield
        except Exception as error:
            sys.stdout.flush()
            place = error.__traceback__.tb_next
            where = f" (line {place.tb_lineno})" if place else ""
            print(f"FAILED {client}: {what}{where}: {str(error) or 'not so'} [{type(error).__name__}]")
            print(simulator.said(), file=sys.stderr)
            sys.exit(1)
        print(f"ok     {client}: {what}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        simulator = Simulator(folder, arguments)
        try:
            yield simulator, step
            with step("the report has nothing against it" + (" but " + ", ".join(notes) if notes else "")):
                findings = simulator.control("GET", f"/orgs/{organization}/report")["findings"]
                equal({finding["rule"]: finding["requests"] for finding in findings if finding["rule"] not in notes}, {})
            with step("the simulator ends in good order"):
                simulator.stop()
        finally:
            simulator.process.kill()
            simulator.process.wait()


def equal(found, wanted):
    assert found == wanted, f"{wanted!r} is right, here is {found!r}"
