"""An MDM's whole life with libraries that know nothing of us: requests, requests-oauthlib and the openssl program."""

import json
import os
import subprocess

import requests
from requests_oauthlib import OAuth1
from stage import equal, playing

ORGANIZATION = "globex"


class Mdm:
    def __init__(self, simulator, token):
        self.simulator, self.token, self.session = simulator, token, requests.Session()
        self.session.headers["X-Server-Protocol-Version"] = "10"

    def sign_in(self, realm=None):
        keys = [self.token[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_secret")]
        answer = requests.get(f"{self.simulator.url}/session", auth=OAuth1(*keys, realm=realm))
        if answer.status_code == 200:
            self.session.headers["X-ADM-Auth-Session"] = answer.json()["auth_session_token"]
        return answer.status_code, answer.text

    def ask(self, method, path, body=None):
        return self.session.request(method, self.simulator.url + path, json=body)

    def call(self, method, path, body=None):
        answer = self.ask(method, path, body)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def refused(self, method, path, body=None):
        answer = self.ask(method, path, body)
        return answer.status_code, answer.text

    def pages(self, path, cursor=None):
        """Every row of a list, by pages of 1,000, and the last cursor."""
        rows, page = [], {"more_to_follow": True, "cursor": cursor}
        while page["more_to_follow"]:
            wish = {"limit": 1000, "cursor": page["cursor"]} if page["cursor"] else {"limit": 1000}
            page = self.call("POST", path, wish)
            assert len(page["devices"]) <= 1000, len(page["devices"])
            rows += page["devices"]
        return rows, page["cursor"]


def openssl(*words):
    return subprocess.run(["openssl", *words], check=True, capture_output=True).stdout


def between_markers(message):
    lines = message.decode().splitlines()
    return json.loads("".join(lines[lines.index("-----BEGIN MESSAGE-----") + 1 : lines.index("-----END MESSAGE-----")]))


with playing("flow", "scenarios/large.yaml", organization=ORGANIZATION) as (simulator, step):
    os.environ["REQUESTS_CA_BUNDLE"] = simulator.ca
    os.environ["NO_PROXY"] = "127.0.0.1"
    key, certificate, file = (str(simulator.folder / name) for name in ("key.pem", "certificate.pem", "token.p7m"))

    with step("openssl opens the server token that was sealed to openssl's certificate"):
        old = Mdm(simulator, simulator.token("Mobile MDM", ORGANIZATION))
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=mdm", "-days", "1", "-keyout", key, "-out", certificate)
        headers = {"Content-Type": "application/x-pem-file", "Accept": "application/pkcs7-mime"}
        path = f"/orgs/{ORGANIZATION}/servers/Mobile%20MDM/token"
        sealed = simulator.control("POST", path, open(certificate, "rb").read(), headers)
        open(file, "wb").write(sealed)
        token = between_markers(openssl("smime", "-decrypt", "-in", file, "-recip", certificate, "-inkey", key))
        equal(token, simulator.token("Mobile MDM", ORGANIZATION))
        mobile, mac = Mdm(simulator, token), Mdm(simulator, simulator.token("Mac MDM", ORGANIZATION))

    with step("the token before it is dead, a forged one is refused"):
        equal(old.sign_in(), (403, "signature_invalidForbidden"))
        equal(Mdm(simulator, {**token, "access_secret": "AS_guessed"}).sign_in(), (403, "signature_invalidForbidden"))

    with step("sessions open with and without a realm"):
        equal(mobile.sign_in(realm="ADM")[0], 200)
        equal(mobile.sign_in()[0], 200)
        equal(mac.sign_in()[0], 200)

    with step("the account names the organisation and its page limits"):
        account = mobile.call("GET", "/account")
        equal((account["org_name"], account["server_name"]), ("Globex International", "Mobile MDM"))
        limits = {url["uri"]: url.get("limit") for url in account["urls"]}
        equal(limits["/server/devices"], {"default": 1000, "maximum": 1000})

    with step("100,000 devices come by pages of 1,000, each once"):
        at_mobile, cursor = mobile.pages("/server/devices")
        at_mac, _ = mac.pages("/server/devices")
        simulator.control("POST", f"/orgs/{ORGANIZATION}/assignments", {"all_available": True, "server": "Mobile MDM"})
        simulator.advance("10m", ORGANIZATION)
        late, cursor = mobile.pages("/devices/sync", cursor)
        equal({row["op_type"] for row in late}, {"added"})
        serials = [row["serial_number"] for row in at_mobile + at_mac + late]
        equal((len(serials), len(set(serials))), (100_000, 100_000))

    with step("a profile is defined and assigned, 1,000 devices at a time"):
        wish = {"profile_name": "Everyone", "url": "https://mdm.example/enroll", "is_mdm_removable": False, "is_supervised": True}
        profile = mobile.call("POST", "/profile", wish)["profile_uuid"]
        phones = [row["serial_number"] for row in at_mobile if row["device_family"] == "iPhone"]
        for start in range(0, len(phones), 1000):
            batch = phones[start : start + 1000]
            result = mobile.call("POST", "/profile/devices", {"profile_uuid": profile, "devices": batch})
            equal(result["devices"], dict.fromkeys(batch, "SUCCESS"))
        equal(mobile.call("GET", f"/profile?profile_uuid={profile}")["profile_name"], "Everyone")

    with step("sync shows the assignments after their lag, not before"):
        nothing, cursor = mobile.pages("/devices/sync", cursor)
        equal(nothing, [])
        simulator.advance("2m", ORGANIZATION)
        changes, cursor = mobile.pages("/devices/sync", cursor)
        equal(sorted(row["serial_number"] for row in changes), sorted(phones))
        equal({(row["op_type"], row["profile_status"], row["profile_uuid"]) for row in changes}, {("modified", "assigned", profile)})

    with step("nothing is left to fetch: EXHAUSTED_CURSOR"):
        equal(mobile.refused("POST", "/server/devices", {"cursor": cursor}), (400, "EXHAUSTED_CURSOR"))

    with step("after 8 days the session is over and the cursor expired"):
        simulator.advance("8d", ORGANIZATION)
        equal(mobile.refused("GET", "/account"), (401, "UNAUTHORIZED"))
        equal(mobile.sign_in()[0], 200)
        equal(mobile.refused("POST", "/devices/sync", {"cursor": cursor}), (400, "EXPIRED_CURSOR"))

    with step("after a year the token is expired"):
        simulator.advance("365d", ORGANIZATION)
        equal(mobile.sign_in(), (403, "token_expiredForbidden"))
