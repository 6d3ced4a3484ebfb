"""Fleet: its Apps and Books client, as it was recorded, and what it asks of the stores. Go, no waiting for events, one page of a list."""

import json
from urllib.parse import urlsplit

from go_http import Connection
from stage import equal, playing

AGENT = "Go-http-client/1.1"
PAGES, CUSTOM = "361309726", "9999999999"

# It looks at assignments and not at events, and reads first pages alone.
with playing("fleet apps", "scenarios/default.yaml", notes=("never-asks-for-events",)) as (simulator, step):
    connection = Connection(simulator)
    (token, *_) = (place["content_token"] for place in simulator.control("GET", "/orgs/acme")["locations"])

    def send(method, path, wish=None):
        body = json.dumps(wish, separators=(",", ":")) + "\n" if wish else ""
        headers = {"Authorization": f"Bearer {token}"} | ({"Content-Type": "application/json"} if body else {})
        answer = connection.send(method, f"/mdm/v2{path}", AGENT, headers, body).json()
        # Whatever the status is, this number is an error to it.
        equal(answer.get("errorNumber", 0), 0)
        return answer

    with step("an uploaded token is tried with client/config, and has a country and a location"):
        configuration = send("GET", "/client/config")
        equal((configuration["countryISO2ACode"], configuration["locationName"]), ("US", "HQ"))

    with step("lists apps, the numbers of licences with them"):
        assets = {asset["adamId"]: asset for asset in send("GET", "/assets?productType=App")["assets"]}
        equal((assets[PAGES]["availableCount"], assets[PAGES]["pricingParam"]), (98, "STDQ"))
        assert all(asset["productType"] == "App" for asset in assets.values()), assets

    with step("associates with a count in the asset that nobody asked for"):
        wish = {"assets": [{"adamId": PAGES, "pricingParam": "STDQ", "availableCount": 0}], "serialNumbers": ["C02ACME00002"]}
        assert send("POST", "/assets/associate", wish)["eventId"]

    with step("finds the assignment by title and serial number before it installs"):
        simulator.advance("1m")
        (found,) = send("GET", f"/assignments?adamId={PAGES}&serialNumber=C02ACME00002")["assignments"]
        equal(found, {"adamId": PAGES, "pricingParam": "STDQ", "serialNumber": "C02ACME00002"})

    with step("gets a managed account a licence holder by version 1, and reads the user's number"):
        wish = {"sToken": token, "clientUserIdStr": "fleet-1", "managedAppleIDStr": "noor@acme.example"}
        answer = connection.send("POST", "/mdm/registerVPPUserSrv", AGENT, {"Content-Type": "application/json"}, json.dumps(wish)).json()
        equal((answer["status"], answer.get("errorNumber", 0)), (0, 0))
        equal((answer["user"]["status"], int(answer["user"]["userId"]) > 0), ("Associated", True))

    with step("a token that was revoked is error 9625, whatever the status"):
        simulator.control("DELETE", "/orgs/acme/locations/HQ/token")
        answer = connection.send("GET", "/mdm/v2/client/config", AGENT, {"Authorization": f"Bearer {token}"})
        equal(json.loads(answer.text)["errorNumber"], 9625)
        simulator.control("POST", "/orgs/acme/locations/HQ/token")
        (token, *_) = (place["content_token"] for place in simulator.control("GET", "/orgs/acme")["locations"])

    with step("gets a developer token from its proxy, and shows it with the content token to the stores"):
        wish = {"fleetServerUrl": "https://fleet.example.com", "fleetLicenseKey": "none"}
        bearer = connection.send("POST", "/api/vpp/v1/auth", AGENT, {"Content-Type": "application/json"}, json.dumps(wish)).json()["fleetServerSecret"]
        path = f"/v1/catalog/us/stoken-authenticated-apps?ids={PAGES},{CUSTOM}&platform=iphone&additionalPlatforms=ipad,mac&extend%5Bapps%5D=latestVersionInfo"
        (found,) = connection.send("GET", path, AGENT, {"Authorization": f"Bearer {bearer}", "vpp-token": token}).json()["data"]
        attributes = found["attributes"]
        equal((found["id"], attributes["name"], attributes["platformAttributes"]["ios"]["bundleId"]), (PAGES, "Pages", "com.apple.Pages"))
        assert "iphone" in attributes["deviceFamilies"], attributes["deviceFamilies"]
        assert attributes["platformAttributes"]["ios"]["latestVersionInfo"]["versionDisplay"], attributes

    with step("reads the icon from the address that it was told"):
        address = attributes["platformAttributes"]["ios"]["artwork"]["url"]
        address = urlsplit(address.replace("{w}", "512").replace("{h}", "512").replace("{f}", "png"))
        equal(address.netloc, urlsplit(simulator.url).netloc)
        icon = connection.send("GET", address.path, AGENT, {})
        equal((icon.status, icon.headers["Content-Type"], icon.content[:4]), (200, "image/png", b"\x89PNG"))
