"""Reads webhooks as somebody else would: from_webhook.py URL TOKEN COUNT.

Subscribes a receiver of its own, does COUNT handelingen, and takes what arrives: exactly those, signed
as Standard Webhooks has it, well-formed and in order.
"""

import base64
import hashlib
import hmac
import json
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue

from cloudevents.core.bindings.http import HTTPMessage, from_http_event

from judge import Judge

LIMIT_SECONDS = 60
SKEW_SECONDS = 300
SECRET = "een-geheim-van-meer-dan-24-bytes"
ORIGIN = "klantbeeld"
TEAMS = 3


class Receiver(BaseHTTPRequestHandler):
    """Agrees to be told, and puts each delivery in the queue of its server."""

    def do_OPTIONS(self):
        agreed = self.headers["WebHook-Request-Origin"] == ORIGIN
        self.send_response(200 if agreed else 403)
        if agreed:
            self.send_header("WebHook-Allowed-Origin", ORIGIN)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.deliveries.put((dict(self.headers.items()), body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        """Says nothing: what arrives is judged elsewhere."""


def check_signature(headers, body):
    """Refuses what the holder of the secret did not sign just now."""
    sent = {name.lower(): value for name, value in headers.items()}
    identifier, timestamp = sent["webhook-id"], sent["webhook-timestamp"]
    assert abs(time.time() - int(timestamp)) < SKEW_SECONDS, f"signed at {timestamp}"
    signed = f"{identifier}.{timestamp}.".encode() + body
    mac = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(mac).decode()
    assert hmac.compare_digest(expected, sent["webhook-signature"]), "not signed by the sender"
    return identifier


class Api:
    """The bijhouding API with a token."""

    def __init__(self, url, token):
        self.base = f"{url}/bijhouding/v1"
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def send(self, method, path, body=None):
        """Gives the answer; an answer that refuses is raised."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.base + path, data, self.headers, method=method)
        with urllib.request.urlopen(request, timeout=LIMIT_SECONDS) as answer:
            return json.load(answer)


def work(api, count):
    """Registers some teams and changes them by turns; gives the ids of the handelingen, in order."""
    done, teams = [], []
    for number in range(count):
        body = {"naam": f"Team Webhook {number}"}
        if len(teams) < TEAMS:
            answer = api.send("POST", "/organisatorische-eenheden", body)
            teams.append(answer["objecten"][0]["id"])
        else:
            team = teams[number % TEAMS]
            answer = api.send("POST", f"/organisatorische-eenheden/{team}/wijzigingen", body)
        done.append(answer["handelingId"])
    return done


def take(deliveries, done, judge):
    """Takes deliveries until each handeling was told of, and nothing else."""
    deadline = time.monotonic() + LIMIT_SECONDS
    told = set()
    while told != set(done):
        try:
            headers, body = deliveries.get(timeout=max(0.1, deadline - time.monotonic()))
        except Empty:
            raise AssertionError(f"{len(told)} of {len(done)} events in time") from None
        identifier = check_signature(headers, body)
        event = from_http_event(HTTPMessage(headers, body))
        assert event.get_id() == identifier, headers
        assert identifier in done, f"{identifier} is of nobody here"
        judge.take(event)
        told.add(identifier)


def main(url, token, count):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.deliveries = Queue()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    api = Api(url, token)
    subscription = api.send(
        "POST",
        "/abonnementen",
        {
            "callbackUrl": f"http://127.0.0.1:{server.server_port}/hook",
            "filters": {"objectsoort": ["actor"]},
            "authenticatie": {"geheim": SECRET},
        },
    )
    judge = Judge()
    try:
        take(server.deliveries, work(api, count), judge)
    finally:
        api.send("DELETE", f"/abonnementen/{subscription['id']}")
        server.shutdown()
    judge.report("Webhooks")


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
