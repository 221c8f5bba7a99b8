"""AWS's Python client (botocore), driven by tests/botocore.test.ts.

Takes one JSON object a line and answers each with one:
  {"service", "operation", "input"}  calls the operation. Dates stand as {"$date": milliseconds}, bytes as {"$bytes": base64}.
  "output"                           what the server is going to give, to be cut to what botocore's model knows of it
Answers:
  {"skipped": why}                   botocore does not know the service or the operation
  {"sent", "received", "given"}      the input and the output cut to botocore's model, and what botocore gave
  {"sent", "refused"}                code, message, status, request id and members of the error that botocore raised
  {"failed": why}                    anything else that was raised
The server's address is the first argument.
"""

import base64
import json
import sys
from datetime import datetime, timedelta, timezone

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CONFIG = Config(
    region_name="us-east-1",
    # Values are random: names, lengths and patterns are not those that AWS asks for.
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    s3={"addressing_style": "path"},
    inject_host_prefix=False,
    # What clients compute over bodies is no business of the wire.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)

session = botocore.session.get_session()
session.set_credentials("a", "b")
clients = {}


def client_of(service):
    if service not in clients:
        clients[service] = session.create_client(service, endpoint_url=sys.argv[1], config=CONFIG)
    return clients[service]


def fit(shape, value):
    """A value cut to what botocore's model knows."""
    kind = shape.type_name
    if kind == "structure":
        known = {
            name: fit(shape.members[name], one)
            for name, one in value.items()
            if name in shape.members and not getattr(shape.members[name], "is_eventstream", False)
        }
        # Exactly one member of a union may be there.
        return dict(list(known.items())[:1]) if getattr(shape, "is_tagged_union", False) else known
    if kind == "list":
        return [fit(shape.member, one) for one in value]
    if kind == "map":
        return {key: fit(shape.value, one) for key, one in value.items()}
    if kind == "timestamp":
        return EPOCH + timedelta(milliseconds=value["$date"])
    return base64.b64decode(value["$bytes"]) if kind == "blob" else value


def sendable(shape, value):
    """A fitting value as botocore can send it: whole seconds, whole numbers where the model has nothing else."""
    kind = shape.type_name
    if kind == "structure":
        return {name: sendable(shape.members[name], one) for name, one in value.items()}
    if kind == "list":
        return [sendable(shape.member, one) for one in value]
    if kind == "map":
        return {key: sendable(shape.value, one) for key, one in value.items()}
    if kind == "timestamp":
        return value.replace(microsecond=0)
    return int(value) if kind in ("integer", "long") and isinstance(value, float) else value


def plain(value):
    """A value of botocore's as JSON."""
    if isinstance(value, datetime):
        return {"$date": round((value - EPOCH) / timedelta(milliseconds=1))}
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if hasattr(value, "iter_chunks"):
        return plain(value.read())
    return value if isinstance(value, (str, int, float, bool, type(None))) else {}


def call(case):
    if case["service"] not in session.get_available_services():
        return {"skipped": "botocore does not know the service"}
    client = client_of(case["service"])
    model = client.meta.service_model
    if case["operation"] not in model.operation_names:
        return {"skipped": "botocore does not know the operation"}
    operation = model.operation_model(case["operation"])
    takes, gives = operation.input_shape, operation.output_shape
    sent = sendable(takes, fit(takes, case["input"])) if takes else {}
    method = next(name for name, api in client.meta.method_to_api_mapping.items() if api == case["operation"])
    # The client's own handlers change what they are given.
    before = plain(sent)
    try:
        received = getattr(client, method)(**sent)
    except ClientError as error:
        return {"sent": before, "refused": refusal(error.response)}
    received.pop("ResponseMetadata")
    given = fit(gives, case["output"]) if gives else {}
    return {"sent": before, "received": plain(received), "given": plain(given)}


def refusal(response):
    metadata = response.pop("ResponseMetadata")
    error = response.pop("Error")
    return {
        "code": error["Code"],
        "message": error["Message"],
        "status": metadata["HTTPStatusCode"],
        "requestId": metadata.get("RequestId"),
        "fields": plain({**error, **response}),
    }


for line in sys.stdin:
    try:
        answer = call(json.loads(line))
    except Exception as error:  # noqa: BLE001: whatever it is, the test is to say so
        answer = {"failed": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), flush=True)
