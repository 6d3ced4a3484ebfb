"""Fleet: the device enrolment client that it keeps in its source, in the version that was recorded and the one of today."""

import json

from go_http import Connection, oauth
from stage import equal, playing

JSON = "application/json;charset=UTF8"

with playing("fleet", "scenarios/default.yaml", notes=("blocked-user-agent", "fetches-with-sync-cursor")) as (simulator, step):
    connection = Connection(simulator)

    def sign_in(version):
        headers = {"Authorization": oauth(simulator.token(), f"{simulator.url}/session")}
        headers |= {"Content-Type": JSON, "X-Server-Protocol-Version": version}
        return connection.send("GET", "/session", "Go-http-client/1.1", headers).json()["auth_session_token"]

    def send(method, path, wish=None, agent="fleetdm/nanodep", version="10"):
        body = json.dumps(wish, separators=(",", ":")) if wish else ""
        headers = {"Accept": JSON, "X-Adm-Auth-Session": session, "X-Server-Protocol-Version": version}
        if body:
            headers["Content-Type"] = JSON
        return connection.send(method, path, agent, headers, body)

    with step("the recorded version: its account works, its old User-Agent is refused elsewhere"):
        session = sign_in("3")
        equal(send("GET", "/account", agent="nanodep-godep/0", version="3").json()["org_name"], "Acme Corporation")
        answer = send("POST", "/server/devices", {"limit": 200}, agent="nanodep-godep/0", version="3")
        equal((answer.status, answer.text), (400, "USER_AGENT_INVALID"))

    with step("an uploaded token is tried: session, account"):
        session = sign_in("10")
        account = send("GET", "/account").json()
        assert account["org_name"] and account["admin_id"], account

    with step("defines the default profile with an empty org_magic"):
        wish = {"profile_name": "Fleet default", "url": "https://fleet.example.com/api/mdm/apple/enroll?token=x", "allow_pairing": True}
        wish |= {"is_supervised": True, "is_mdm_removable": False, "org_magic": "", "skip_setup_items": ["Accessibility"]}
        profile = send("POST", "/profile", wish).json()["profile_uuid"]

    with step("fetches 200 a page"):
        page = send("POST", "/server/devices", {"limit": 200}).json()
        equal(page["more_to_follow"], False)
        cursor, serials = page["cursor"], [device["serial_number"] for device in page["devices"]]
        # Go cannot read an empty text as a time.
        assert all(value != "" for device in page["devices"] for value in device.values())

    with step("once a minute: fetches with its last cursor, hears EXHAUSTED_CURSOR, syncs"):
        for _ in range(3):
            answer = send("POST", "/server/devices", {"cursor": cursor, "limit": 200})
            equal((answer.status, answer.text), (400, "EXHAUSTED_CURSOR"))
            cursor = send("POST", "/devices/sync", {"cursor": cursor, "limit": 200}).json()["cursor"]

    with step("assigns with PUT, and every device is in the answer"):
        result = send("PUT", "/profile/devices", {"profile_uuid": profile, "devices": serials}).json()["devices"]
        equal(result, dict.fromkeys(serials, "SUCCESS"))

    with step("reads the devices and the profile back"):
        details = send("POST", "/devices", {"devices": serials[:1]}).json()["devices"][serials[0]]
        equal((details["response_status"], details["profile_uuid"]), ("SUCCESS", profile))
        equal(send("GET", f"/profile?profile_uuid={profile}").json()["profile_name"], "Fleet default")

    with step("knows new terms by T_C_NOT_SIGNED, and goes on when they are signed"):
        simulator.control("PUT", "/orgs/acme/terms", {"state": "unsigned"})
        headers = {"Authorization": oauth(simulator.token(), f"{simulator.url}/session"), "X-Server-Protocol-Version": "10"}
        answer = connection.send("GET", "/session", "Go-http-client/1.1", headers)
        equal((answer.status, answer.text), (403, "T_C_NOT_SIGNED"))
        simulator.control("PUT", "/orgs/acme/terms", {"state": "signed"})
        session = sign_in("10")
        send("GET", "/account").json()

    with step("sets its address for account-driven enrolment, and reads JSON in the answer"):
        address = "https://fleet.example.com/api/mdm/apple/service_discovery"
        equal(send("POST", "/account-driven-enrollment/profile", {"mdm_service_discovery_url": address}).json(), {})
        equal(send("GET", "/account-driven-enrollment/profile").json()["mdm_service_discovery_url"], address)
