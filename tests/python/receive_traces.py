"""A receiver of traces that is not ours: OTLP over gRPC and over HTTP, decoded by the classes that
OpenTelemetry publishes.

    receive_traces.py

Prints one JSON object with the ports, and then one for each span that arrives. Ends with its
standard input. An attribute that OpenTelemetry's semantic conventions do not know is named under
`unknown`.
"""

import gzip
import importlib
import json
import pkgutil
import sys
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

import grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import (
    TraceServiceServicer,
    add_TraceServiceServicer_to_server,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

PRINTING = Lock()


def main():
    http = ThreadingHTTPServer(("127.0.0.1", 0), Http)
    Thread(target=http.serve_forever, daemon=True).start()
    server = grpc.server(ThreadPoolExecutor(max_workers=4))
    add_TraceServiceServicer_to_server(Grpc(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    show({"grpc": port, "http": http.server_port})
    sys.stdin.read()
    server.stop(grace=None)
    http.shutdown()


class Grpc(TraceServiceServicer):
    def Export(self, request, context):
        take("grpc", request, dict(context.invocation_metadata()))
        return ExportTraceServiceResponse()


class Http(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.headers["content-encoding"] == "gzip":
            body = gzip.decompress(body)
        is_traces = self.path == "/v1/traces"
        is_protobuf = self.headers["content-type"] == "application/x-protobuf"
        if is_traces and is_protobuf:
            take("http", ExportTraceServiceRequest.FromString(body), dict(self.headers))
        answer = ExportTraceServiceResponse().SerializeToString()
        self.send_response(200 if is_traces and is_protobuf else 400)
        self.send_header("content-type", "application/x-protobuf")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *arguments):
        """Nothing: the standard output is for spans."""


def take(via, request, headers):
    key = {name.lower(): value for name, value in headers.items()}.get("x-api-key")
    for resource in request.resource_spans:
        about = attributes(resource.resource.attributes)
        for scope in resource.scope_spans:
            for span in scope.spans:
                show({"via": via, "key": key, "resource": about, **describe(span, about)})


def describe(span, resource):
    events = [
        {"name": event.name, "attributes": attributes(event.attributes)} for event in span.events
    ]
    own = attributes(span.attributes)
    named = [*resource, *own, *(name for event in events for name in event["attributes"])]
    return {
        "name": span.name,
        "kind": Span.SpanKind.Name(span.kind),
        "trace_id": span.trace_id.hex(),
        "span_id": span.span_id.hex(),
        "parent_id": span.parent_span_id.hex(),
        "status": Status.StatusCode.Name(span.status.code),
        "took": span.end_time_unix_nano - span.start_time_unix_nano,
        "attributes": own,
        "events": events,
        "unknown": sorted({name for name in named if name not in KNOWN}),
    }


def attributes(pairs):
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value")) for pair in pairs}


def conventions():
    """Every attribute of the semantic conventions, stable or not."""
    names = set()
    for package in ("opentelemetry.semconv.attributes", "opentelemetry.semconv._incubating.attributes"):
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__):
            constants = vars(importlib.import_module(f"{package}.{module.name}"))
            names |= {value for value in constants.values() if isinstance(value, str) and "." in value}
    return names


def show(record):
    with PRINTING:
        print(json.dumps(record, default=str), flush=True)


KNOWN = conventions()

if __name__ == "__main__":
    main()
