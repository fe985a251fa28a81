"""What must hold of events however they came: the CloudEvents SDK has parsed them, the schema accepts
their JSON form, ids are unique per source, and each object's come in the order of their numbers."""

import json
from pathlib import Path

from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft7Validator, FormatChecker

BYTES_MAX = 64 * 1024

_SCHEMA = json.loads(Path(__file__).with_name("cloudevent.schema.json").read_text())
_VALIDATOR = Draft7Validator(_SCHEMA, format_checker=FormatChecker())


class Judge:
    """Takes events one by one, in the order of arrival per object."""

    def __init__(self):
        self.seen = {}
        self.last = {}

    def take(self, event):
        """Judges one event; one that was seen before must be the same, and counts once."""
        text = JSONFormat().write(event)
        assert len(text) <= BYTES_MAX, f"{len(text)} bytes"
        document = json.loads(text)
        faults = [fault.message for fault in _VALIDATOR.iter_errors(document)]
        assert not faults, f"{faults} in {document}"
        key = (document["source"], document["id"])
        if key in self.seen:
            assert self.seen[key] == document, f"{key} came again as another event"
            return
        self.seen[key] = document
        subject = document["subject"]
        assert self.last.get(subject, "") < document["sequence"], f"{document} came too late"
        self.last[subject] = document["sequence"]

    def report(self, where):
        """Says what was judged."""
        print(f"{where}: {len(self.seen)} events of {len(self.last)} objects are well-formed and in order")
