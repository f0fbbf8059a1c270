"""What the model servers have in common: a log of the requests, and a server on loopback."""

import argparse
import hashlib
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

lock = threading.Lock()


def digest(texts):
    """Every user text, unfiltered and uncut, as it can be compared: length, hash, beginning."""
    return [{"bytes": len(t.encode()), "sha256": hashlib.sha256(t.encode()).hexdigest(), "head": t[:160]} for t in texts]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def note(self, **fields):
        fields["t"] = round(time.time(), 3)
        with lock, open(self.server.log, "a") as file:
            file.write(json.dumps(fields) + "\n")

    def send_json(self, code, value):
        data = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.send_header("request-id", "req_fake")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


def serve(handler):
    """Until it is killed; its port in --port-file, its requests in --log."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--port-file")
    parser.add_argument("--log", default="/dev/null")
    given = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", given.port), handler)
    server.daemon_threads = True
    server.log = given.log
    port = str(server.server_address[1])
    if given.port_file:
        with open(given.port_file + ".tmp", "w") as file:
            file.write(port)
        os.replace(given.port_file + ".tmp", given.port_file)
    print(port, flush=True)
    server.serve_forever()
