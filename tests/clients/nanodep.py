"""NanoDEP: its tools (through depserver, which passes their headers on) and depsyncer, as both were recorded."""

import json

from go_http import Connection, oauth
from stage import equal, playing

JSON = "application/json;charset=UTF8"
SERIALS = ["C02SMALL0001", "C02SMALL0002"]


class NanoDep:
    """The transport that all of NanoDEP shares: it signs in when it must, and follows rotated sessions."""

    def __init__(self, simulator, agent, own):
        self.simulator, self.connection, self.agent, self.own = simulator, Connection(simulator), agent, own
        self.session, self.sign_ins = None, 0

    def sign_in(self):
        headers = {"Authorization": oauth(simulator.token(), f"{simulator.url}/session")}
        headers |= {"Content-Type": JSON, "X-Server-Protocol-Version": "7"}
        answer = self.connection.send("GET", "/session", self.agent, headers)
        self.session, self.sign_ins = answer.json()["auth_session_token"], self.sign_ins + 1

    def send(self, method, path, body="", **more):
        if self.session is None:
            self.sign_in()
        answer = self.send_once(method, path, body, more)
        if answer.status == 401 or answer.status == 403 and "FORBIDDEN" in answer.text:
            self.sign_in()
            answer = self.send_once(method, path, body, more)
        return answer

    def send_once(self, method, path, body, more):
        headers = {**self.own, "X-Adm-Auth-Session": self.session, "X-Server-Protocol-Version": "7"}
        if body:
            headers["Content-Type"] = JSON
        answer = self.connection.send(method, path, self.agent, headers | more, body)
        self.session = answer.headers.get("X-Adm-Auth-Session", self.session)
        return answer


with playing("nanodep", "scenarios/small.yaml") as (simulator, step):
    tools = NanoDep(simulator, "nanodep-tools/0", {"Accept": "*/*", "X-Forwarded-For": "127.0.0.1"})
    syncer = NanoDep(simulator, "nanodep-g-o-dep/0", {"Accept": JSON})

    with step("dep-account-detail.sh reads the account"):
        account = tools.send("GET", "/account").json()
        equal((account["org_name"], account["org_type"]), ("Acme Corporation", "org"))

    with step("dep-define-profile.sh defines, with Expect: 100-continue"):
        wish = {"profile_name": "P", "url": "https://mdm.example.org/enroll", "is_supervised": True, "is_mandatory": True}
        wish |= {"await_device_configured": False, "is_mdm_removable": False, "org_magic": "x", "skip_setup_items": ["Siri"]}
        body = json.dumps(wish | {"devices": SERIALS[:1]}, separators=(",", ":")) + "\n"
        defined = tools.send("POST", "/profile", body, Expect="100-continue").json()
        equal(defined["devices"], {SERIALS[0]: "SUCCESS"})
        profile = defined["profile_uuid"]
        assert len(profile) == 32 and profile == profile.upper(), profile

    with step("dep-get-profile.sh reads it back"):
        found = tools.send("GET", f"/profile?profile_uuid={profile}").json()
        equal({name: found[name] for name in wish}, wish)

    with step("dep-assign-profile.sh assigns with POST"):
        body = json.dumps({"profile_uuid": profile, "devices": SERIALS}, indent=2) + "\n"
        answer = tools.send("POST", "/profile/devices", body).json()
        equal((answer["profile_uuid"], answer["devices"]), (profile, dict.fromkeys(SERIALS, "SUCCESS")))

    with step("dep-device-details.sh reads a device"):
        details = tools.send("POST", "/devices", json.dumps({"devices": SERIALS[:1]}, indent=2) + "\n").json()["devices"][SERIALS[0]]
        equal((details["response_status"], details["profile_status"], details["profile_uuid"]), ("SUCCESS", "assigned", profile))

    with step("dep-remove-profile.sh removes with a DELETE that has a body"):
        answer = tools.send("DELETE", "/profile/devices", json.dumps({"devices": SERIALS[:1]}, indent=2) + "\n").json()
        equal(answer["devices"], {SERIALS[0]: "SUCCESS"})

    with step("dep-device-activationlock.sh locks"):
        answer = tools.send("POST", "/device/activationlock", json.dumps({"device": SERIALS[0], "lost_message": "lost"}, indent=2) + "\n").json()
        equal(answer, {"serial_number": SERIALS[0], "response_status": "SUCCESS"})

    with step("depsyncer fetches, page by page"):
        page = syncer.send("POST", "/server/devices", '{"limit":1}').json()
        equal((len(page["devices"]), page["more_to_follow"]), (1, True))
        page = syncer.send("POST", "/server/devices", json.dumps({"cursor": page["cursor"]})).json()
        equal((len(page["devices"]), page["more_to_follow"]), (1, False))
        cursor = page["cursor"]

    with step("depsyncer syncs, and assigns what was added with PUT"):
        simulator.control("POST", "/orgs/acme/assignments", {"serials": ["C02SMALL0003"], "server": "MDM"})
        simulator.advance("1h")
        page = syncer.send("POST", "/devices/sync", json.dumps({"cursor": cursor})).json()
        added = [row["serial_number"] for row in page["devices"] if row["op_type"] == "added"]
        equal(added, ["C02SMALL0003"])
        body = json.dumps({"devices": added, "profile_uuid": profile}, separators=(",", ":"))
        equal(syncer.send("PUT", "/profile/devices", body).json()["devices"], {"C02SMALL0003": "SUCCESS"})
        cursor = page["cursor"]

    with step("depsyncer starts again: it fetches with its sync cursor, hears EXHAUSTED_CURSOR, and syncs"):
        body = json.dumps({"cursor": cursor, "limit": 1000}, separators=(",", ":"))
        answer = syncer.send("POST", "/server/devices", body)
        equal((answer.status, answer.text), (400, "EXHAUSTED_CURSOR"))
        equal(syncer.send("POST", "/devices/sync", body).json()["more_to_follow"], False)

    with step("a session that ended is opened again on 401"):
        simulator.control("DELETE", "/orgs/acme/sessions")
        before = tools.sign_ins
        tools.send("GET", "/account").json()
        equal(tools.sign_ins, before + 1)

    with step("and on 403 with FORBIDDEN, as depsim put it"):
        simulator.control("PATCH", "/orgs/acme/quirks", {"unknown_session": "forbidden"})
        syncer.session = "SESS-of-another-life"
        before = syncer.sign_ins
        syncer.send("GET", "/account").json()
        equal(syncer.sign_ins, before + 1)
