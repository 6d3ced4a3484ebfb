"""MicroMDM with its depsim flag: credentials that are fixed in its source, protocol version 3, a newline after every body."""

import json

from go_http import Connection, oauth
from stage import equal, playing

JSON = "application/json;charset=UTF8"
ALWAYS = {"Accept": JSON, "Content-Type": JSON, "X-Server-Protocol-Version": "3"}
TOKEN = {
    "consumer_key": "CK_48dd68d198350f51258e885ce9a5c37ab7f98543c4a697323d75682a6c10a32501cb247e3db08105db868f73f2c972bdb6ae77112aea803b9219eb52689d42e6",
    "consumer_secret": "CS_34c7b2b531a600d99a0e4edcf4a78ded79b86ef318118c2f5bcfee1b011108c32d5302df801adbe29d446eb78f02b13144e323eb9aad51c79f01e50cb45c3a68",
    "access_token": "AT_927696831c59ba510cfe4ec1a69e5267c19881257d4bca2906a99d0785b785a6f6fdeb09774954fdd5e2d0ad952e3af52c6d8d2f21c924ba0caf4a031c158b89",
    "access_secret": "AS_c31afd7a09691d83548489336e8ff1cb11b82b6bca13f793344496a556b1f4972eaff4dde6deb5ac9cf076fdfa97ec97699c34d515947b9cf9ed31c99dded6ba",
}

with playing("micromdm", "scenarios/small.yaml", "--compat", "depsim") as (simulator, step):
    connection = Connection(simulator)

    def sign_in():
        headers = ALWAYS | {"Authorization": oauth(TOKEN, f"{simulator.url}/session")}
        return connection.send("GET", "/session", "micromdm/dev", headers).json()["auth_session_token"]

    def ask(method, path, wish=None):
        body = json.dumps(wish, separators=(",", ":")) + "\n" if wish else ""
        return connection.send(method, path, "micromdm/dev", ALWAYS | {"X-Adm-Auth-Session": session}, body).json()

    with step("signs in with depsim's credentials"):
        session = sign_in()

    with step("fetches a hundred at a time"):
        page = ask("POST", "/server/devices", {"limit": 100})
        serials = [device["serial_number"] for device in page["devices"]]
        assert serials and not page["more_to_follow"], page
        cursor = page["cursor"]

    with step("reads the account"):
        assert ask("GET", "/account")["org_name"]

    with step("defines a profile with devices and an empty org_magic"):
        wish = {"profile_name": "p", "url": "https://m.example/enroll", "is_mdm_removable": True, "org_magic": "", "devices": serials[:1]}
        defined = ask("POST", "/profile", wish)
        equal(defined["devices"], {serials[0]: "SUCCESS"})

    with step("reads a device"):
        equal(ask("POST", "/devices", {"devices": serials[:1]})["devices"][serials[0]]["profile_uuid"], defined["profile_uuid"])

    with step("assigns with PUT"):
        wish = {"profile_uuid": defined["profile_uuid"], "devices": serials}
        equal(ask("PUT", "/profile/devices", wish)["devices"], dict.fromkeys(serials, "SUCCESS"))

    with step("opens another session every three minutes, and the first goes on"):
        first, session = session, sign_in()
        assert session != first
        ask("GET", "/account")
        session = first
        ask("GET", "/account")

    with step("syncs with the cursor of its fetch"):
        equal(ask("POST", "/devices/sync", {"cursor": cursor})["more_to_follow"], False)
