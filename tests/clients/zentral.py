"""Zentral: Apple's address is fixed in its source, so a proxy leads it here. Python requests, realm="ADM", strict about what it stores."""

import json
import os
import subprocess
import uuid

import requests
from requests_oauthlib import OAuth1
from stage import equal, playing

APPLE = "https://mdmenrollment.apple.com"

with playing("zentral", "scenarios/default.yaml") as (simulator, step):
    os.environ["REQUESTS_CA_BUNDLE"] = simulator.ca
    os.environ["HTTPS_PROXY"] = f"http://127.0.0.1:{simulator.port}"
    key, certificate, file = (str(simulator.folder / name) for name in ("key.pem", "certificate.pem", "token.p7m"))
    session = requests.Session()

    def call(method, path, wish=None):
        headers = {"X-Server-Protocol-Version": "10", "Content-Type": "application/json;charset=UTF8", "X-ADM-Auth-Session": auth}
        answer = session.request(method, APPLE + path, json=wish, headers=headers)
        # Zentral signs in again on every 401 and 403, without end: neither may come here.
        equal(answer.status_code, 200)
        return answer.json()

    with step("opens its token with its key alone, and finds the markers on lines of their own"):
        # It issues a certificate for the token alone: valid for three days, with a key of 2,048 bits.
        subject = ["-subj", "/CN=zentral-dep-token-1", "-days", "3", "-keyout", key, "-out", certificate]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject], check=True, capture_output=True)
        wish = {"certificate": open(certificate).read()}
        sealed = simulator.control("POST", "/orgs/acme/servers/Mac%20Fleet/token", wish, {"Accept": "application/pkcs7-mime"})
        open(file, "wb").write(sealed)
        opened = subprocess.run(["openssl", "smime", "-decrypt", "-in", file, "-inkey", key], check=True, capture_output=True).stdout
        lines = opened.decode().splitlines()
        start, end = lines.index("-----BEGIN MESSAGE-----"), lines.index("-----END MESSAGE-----")
        token = json.loads("".join(lines[start + 1 : end]))
        assert len(token["consumer_key"]) <= 128 and len(token["access_token"]) <= 128, "its columns hold 128 characters"

    with step("signs in at Apple's own address, with a realm and without a protocol version"):
        keys = [token[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_secret")]
        answer = session.get(f"{APPLE}/session", auth=OAuth1(*keys, realm="ADM"))
        equal(answer.status_code, 200)
        auth = answer.json()["auth_session_token"]

    with step("finds every key that it stores of the account"):
        account = call("GET", "/account")
        for name in ("server_name", "admin_id", "org_id", "org_name", "org_email", "org_phone", "org_address", "org_type", "org_version"):
            assert isinstance(account[name], str), name
        equal(uuid.UUID(account["server_uuid"]).hex.upper(), account["server_uuid"])
        (limit,) = (url["limit"]["maximum"] for url in account["urls"] if url["uri"] == "/server/devices")

    with step("fetches pages of the size that the account allows"):
        page = call("POST", "/server/devices", {"limit": limit})
        serials = [device["serial_number"] for device in page["devices"]]
        assert serials and len(page["cursor"]) <= 128, page["cursor"]

    with step("defines a profile, whose answer has a map of devices and an id that is a UUID"):
        wish = {"profile_name": "Z", "url": "https://zentral.example/dep/1/enroll/", "is_supervised": True, "is_mdm_removable": False}
        defined = call("POST", "/profile", {**wish, "devices": []})
        equal(dict(defined["devices"]), {})
        profile = uuid.UUID(defined["profile_uuid"])

    with step("asks for it in capitals without dashes"):
        equal(call("GET", f"/profile?profile_uuid={str(profile).upper().replace('-', '')}")["profile_name"], "Z")

    with step("assigns with POST and reads the devices back, each with its response_status"):
        result = call("POST", "/profile/devices", {"profile_uuid": profile.hex.upper(), "devices": serials})["devices"]
        equal({status.lower() for status in result.values()}, {"success"})
        for serial, device in call("POST", "/devices", {"devices": [*serials, "C02NOBODYS01"]})["devices"].items():
            status = device.pop("response_status")
            equal(status, "SUCCESS" if serial in serials else "NOT_ACCESSIBLE")
            assert status != "SUCCESS" or uuid.UUID(device["profile_uuid"]) == profile

    with step("syncs an empty page without an error"):
        page = call("POST", "/devices/sync", {"cursor": page["cursor"], "limit": limit})
        equal((page["more_to_follow"], isinstance(page["devices"], list)), (False, True))
