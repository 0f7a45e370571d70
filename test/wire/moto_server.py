"""moto's server as these tests need it: on a free port, gone when its parent is, writes to S3 one at a time."""

import os
import sys
import threading

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

# S3 compares and writes at once; moto looks, then writes. Only a queue makes its conditional writes conditional.
one_write = threading.Lock()


class OneWriteAtATime:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        if environ["REQUEST_METHOD"] != "PUT":
            return self.app(environ, start_response)
        with one_write:
            return self.app(environ, start_response)


class Quiet(MotoRequestHandler):
    def log(self, kind, message, *arguments):
        if kind != "info":
            super().log(kind, message, *arguments)


def end_with_the_parent():
    sys.stdin.buffer.read()
    os._exit(0)


app = OneWriteAtATime(DomainDispatcherApplication(create_backend_app))
server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
# moto calls itself at this port when a state machine uses a service.
os.environ["MOTO_PORT"] = str(server.server_port)
threading.Thread(target=end_with_the_parent, daemon=True).start()
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()
