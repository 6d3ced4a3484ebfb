"""Zentral: its Apps and Books client. Python requests through a proxy, notifications, the lookup of before with a cookie, strict pages."""

import http.server
import json
import os
import queue
import ssl
import subprocess
import threading
import uuid

import requests
from stage import equal, playing

APPLE = "https://vpp.itunes.apple.com/mdm/v2/"
MDM, SECRET = str(uuid.uuid4()), "a-secret-of-zentral"
NOTIFIED = queue.Queue()


class Zentral(http.server.BaseHTTPRequestHandler):
    """Its view of notifications: whoever has not the bearer token is sent away."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.headers["Authorization"] == f"Bearer {SECRET}"
        self.send_response(200 if known else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        if known:
            NOTIFIED.put(body)

    def log_message(self, *_):
        pass



def receive(folder):
    """Starts to listen for notifications, and says where."""
    key, certificate = folder / "zentral.key", folder / "zentral.pem"
    subject = ["-subj", "/CN=zentral", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "3", "-keyout", key, "-out", certificate]
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject], check=True, capture_output=True)
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Zentral)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    receiver.socket = context.wrap_socket(receiver.socket, server_side=True)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    return f"https://127.0.0.1:{receiver.server_port}/public/mdm/location/notify/"


with playing("zentral apps", "scenarios/default.yaml") as (simulator, step):
    os.environ["REQUESTS_CA_BUNDLE"] = simulator.ca
    os.environ["HTTPS_PROXY"] = f"http://127.0.0.1:{simulator.port}"
    (token, *_) = (place["content_token"] for place in simulator.control("GET", "/orgs/acme")["locations"])
    session = requests.Session()
    session.headers.update({"Authorization": f"Bearer {token}", "Content-Type": "application/json"})

    def call(path, wish=None, **parameters):
        answer = session.request("POST" if wish else "GET", APPLE + path, json=wish, params=parameters)
        answer.raise_for_status()
        told = answer.json()
        assert "errorNumber" not in told, told
        return told

    def pages(path, rows, **parameters):
        """Every row, page by page, as strictly as it reads them."""
        found, version, index = [], None, 0
        while True:
            page = call(path, pageIndex=index, **parameters)
            version = version or page["versionId"]
            equal((page["versionId"], page["currentPageIndex"]), (version, index))
            found += page[rows]
            if "nextPageIndex" not in page:
                return found
            equal(page["nextPageIndex"], index + 1)
            index += 1

    with step("finds its location and what it is told of limits and addresses"):
        configuration = call("client/config")
        for name in ("countryISO2ACode", "defaultPlatform", "locationName", "tokenExpirationDate", "uId"):
            assert isinstance(configuration[name], str), name
        service = call("service/config")
        assert service["limits"]["maxSerialNumbers"] > 0, service["limits"]
        lookup = service["urls"]["contentMetadataLookup"]

    with step("claims the location, and is called back before it has the answer"):
        simulator.control("PATCH", "/orgs/acme/quirks", {"webhook_tls": "insecure"})
        address = receive(simulator.folder)
        wish = {"mdmInfo": {"id": MDM, "metadata": "zentral", "name": "Zentral"}, "notificationUrl": address}
        wish |= {"notificationAuthToken": SECRET, "notificationTypes": ["ASSET_COUNT", "ASSET_MANAGEMENT"]}
        equal(call("client/config", wish)["mdmInfo"]["id"], MDM)
        equal(NOTIFIED.get_nowait()["notificationType"], "TEST_NOTIFICATION")
        equal(call("client/config")["mdmInfo"]["id"], MDM)

    with step("reads assets and assignments in small pages of one version"):
        simulator.control("PATCH", "/orgs/acme/quirks", {"page_size": 1})
        names = {asset["adamId"] for asset in pages("assets", "assets")}
        equal(len(names), 4)
        equal(len(pages("assignments", "assignments", adamId="361309726")), 2)

    with step("hears of what was bought"):
        simulator.control("POST", "/orgs/acme/purchases", {"location": "HQ", "adam_id": "361309726", "quantity": 7})
        bought = NOTIFIED.get(timeout=10)
        equal((bought["notificationType"], bought["notification"]), ("ASSET_COUNT", {"adamId": "361309726", "countDelta": 7, "pricingParam": "STDQ"}))

    with step("associates, and hears how it ended"):
        wish = {"assets": [{"adamId": "361309726", "pricingParam": "STDQ"}], "serialNumbers": ["C02ACME00003"]}
        event = call("assets/associate", wish)["eventId"]
        simulator.advance("1m")
        heard = NOTIFIED.get(timeout=10)["notification"]
        equal((heard["eventId"], heard["result"], heard["type"]), (event, "SUCCESS", "ASSOCIATE"))
        equal(heard["assignments"], [{"adamId": "361309726", "pricingParam": "STDQ", "serialNumber": "C02ACME00003"}])
        equal(call("status", eventId=event)["eventStatus"], "COMPLETE")

    with step("looks a title up at the address that it was told, with the token as a cookie"):
        parameters = {"version": 2, "p": "mdm-lockup", "caller": "MDM", "platform": "enterprisestore", "cc": "us", "l": "en", "id": "361309726"}
        answer = requests.get(lookup, params=parameters, cookies={"itvt": token})
        equal(answer.status_code, 200)
        title = answer.json()["results"]["361309726"]
        equal((title["name"], title["bundleId"]), ("Pages", "com.apple.Pages"))
        title["artwork"]["url"].format(w=128, h=128, f="png")
        [int(part) for offer in title["offers"] for part in offer["version"]["display"].split(".")]

    with step("a second MDM takes the location over: it sees that in every answer"):
        simulator.control("POST", "/orgs/acme/locations/HQ/claim", {"mdm_info": {"id": "other", "name": "Other MDM", "metadata": ""}})
        assert call("assets")["mdmInfo"]["id"] != MDM
