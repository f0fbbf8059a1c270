"""Ports that no other process of the tests is given."""

import random
import socket

# Names that only one process can have, and that go with it; the last ones are enough.
CLAIMS = []


def free_port() -> int:
    """A port on which nobody listens, on no address, and which nobody else is given before it is used.

    It is none of those that the kernel hands out by itself, and no other process of the tests can claim it.
    """
    while True:
        port = random.randrange(10000, 32768)
        claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as found:
            found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            try:
                claim.bind(f"\0agentlaunch-tests-port-{port}")
                found.bind(("::", port))
            except OSError:
                claim.close()
                continue
        CLAIMS.append(claim)
        if len(CLAIMS) > 200:
            CLAIMS.pop(0).close()
        return port
