"""commandment: Python requests, `"cursor": null` on its first fetch, and a parser of token files that asserts every header."""

import email
import os
import subprocess

import requests
from requests_oauthlib import OAuth1
from stage import equal, playing

with playing("commandment", "scenarios/default.yaml") as (simulator, step):
    os.environ["REQUESTS_CA_BUNDLE"] = simulator.ca
    os.environ["NO_PROXY"] = "127.0.0.1"
    session = requests.Session()
    session.headers.update({"X-Server-Protocol-Version": "3", "Content-Type": "application/json;charset=UTF8", "User-Agent": "commandment"})

    def call(method, path, wish=None):
        answer = session.request(method, simulator.url + path, json=wish)
        assert answer.status_code == 200, f"{method} {path}: {answer.status_code} {answer.text}"
        session.headers["X-ADM-Auth-Session"] = answer.headers["X-ADM-Auth-Session"]
        return answer.json()

    with step("uploads commandment-dep.cer (DER) and accepts the file that it gets"):
        key, certificate = simulator.folder / "key.pem", simulator.folder / "commandment-dep.cer"
        words = ["-subj", "/CN=COMMANDMENT-DEP", "-days", "365", "-outform", "DER", "-keyout", key, "-out", certificate]
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *words], check=True, capture_output=True)
        headers = {"Content-Type": "application/pkix-cert", "Accept": "application/pkcs7-mime"}
        sealed = simulator.control("POST", "/orgs/acme/servers/Mac%20Fleet/token", certificate.read_bytes(), headers)
        message = email.message_from_bytes(sealed)
        equal(message.get_content_type(), "application/pkcs7-mime")
        equal((message.get_filename(), message["Content-Description"]), ("smime.p7m", "S/MIME Encrypted Message"))
        opened = subprocess.run(["openssl", "smime", "-decrypt", "-inkey", key], input=sealed, check=True, capture_output=True).stdout
        assert b"-----BEGIN MESSAGE-----\n{" in opened and b"}\n-----END MESSAGE-----" in opened, opened

    with step("signs in"):
        token = simulator.token("Primary MDM")
        keys = [token[name] for name in ("consumer_key", "consumer_secret", "access_token", "access_secret")]
        answer = session.get(f"{simulator.url}/session", auth=OAuth1(*keys))
        equal(answer.status_code, 200)
        session.headers["X-ADM-Auth-Session"] = answer.json()["auth_session_token"]

    with step("reads the account"):
        equal(call("GET", "/account")["org_name"], "Acme Corporation")

    with step("fetches with a cursor that is null, then with one that is not"):
        page, devices = {"cursor": None, "more_to_follow": True}, []
        while page["more_to_follow"]:
            page = call("POST", "/server/devices", {"limit": 10, "cursor": page["cursor"]})
            devices += page["devices"]
        assert len(devices) > 10, len(devices)

    with step("finds in every row what it stores"):
        for device in devices:
            for name in ("description", "model", "os", "device_family", "color", "profile_status", "device_assigned_date", "device_assigned_by"):
                assert name in device, f"{device['serial_number']} has no {name}"

    with step("defines and assigns"):
        serials = [device["serial_number"] for device in devices[:3]]
        profile = call("POST", "/profile", {"profile_name": "C", "url": "https://commandment.example/enroll", "org_magic": "c"})["profile_uuid"]
        result = call("POST", "/profile/devices", {"profile_uuid": profile, "devices": serials})["devices"]
        equal(result, dict.fromkeys(serials, "SUCCESS"))

    with step("knows an expired cursor by its text, quoted or not"):
        simulator.control("POST", "/orgs/acme/clock", {"advance": "8d"})
        simulator.control("PATCH", "/orgs/acme/quirks", {"session_ttl": "365d"})
        answer = session.post(f"{simulator.url}/server/devices", json={"cursor": page["cursor"]})
        equal((answer.status_code, answer.text.strip('"\n\r')), (400, "EXPIRED_CURSOR"))
