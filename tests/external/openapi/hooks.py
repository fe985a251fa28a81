"""What schemathesis must know to send what a schema cannot say: codes that the reference lists have,
keys with check digits, fields that depend on each other. Only requests that are meant to be right are
completed; what is meant to be wrong goes as it was made. objects.json, as seed.py makes it, has the keys
of what there is.
"""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import schemathesis
from hypothesis import strategies as st
from schemathesis.core.parameters import ParameterLocation

# An active code of each list, by the fields that have it.
CODES = {
    "kanaal": "telefoon",
    "taal": "nld",
    "voorkeurstaal": "nld",
    "land": "BE",
    "codeRegister": "zakenregister",
    "codeObjecttype": "zaak",
    "codeSoortObjectId": "uuid",
    "categorie": "extern",
    "externRegister": "zakenregister",
    "soortObject": "zaak",
}
OBJECTS = json.loads(Path("objects.json").read_text())
# What ends something: it is done to what nobody else needs.
ENDINGS = ("verwijderingen", "beeindigingen", "vernietigingen")
# Which object a field refers to. What is about a klantcontact is about another one.
REFERENCES = {
    "actor": OBJECTS["kept"]["actoren"],
    "actoren": OBJECTS["kept"]["actoren"],
    "toegewezenAanActoren": OBJECTS["kept"]["actoren"],
    "partij": OBJECTS["kept"]["partijen"],
    "wasPartij": OBJECTS["kept"]["partijen"],
    "werkteVoorPartij": OBJECTS["kept"]["organisaties"],
    "rekeningnummer": OBJECTS["kept"]["rekeningnummers"],
    "digitaalAdres": OBJECTS["kept"]["digitale-adressen"],
    "onderwerpWasKlantcontact": OBJECTS["given_up"]["klantcontacten"],
    "interneTaak": OBJECTS["given_up"]["interne-taken"],
}
# An address that fits each kind.
ADDRESSES = {"email": "jan.de.vries@example.nl", "telefoonnummer": "0999001099"}
IBAN = "NL91ABNA0417164300"
# What does not lie in the future.
PAST = {
    "plaatsgevondenOp": "2025-11-20T10:15:00+01:00",
    "verificatieDatum": "2025-11-20",
}
# What a key in a register consists of, and nothing else does.
KEY_FIELDS = {"codeObjecttype", "codeSoortObjectId", "codeRegister", "objectId"}
# Keys that nothing has.
NOTHING = "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a"
NOTHING_ELSE = "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7b"

class Receiver(BaseHTTPRequestHandler):
    """Agrees to every webhook."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(204)
        self.send_header("WebHook-Allowed-Origin", "*")
        self.send_header("WebHook-Allowed-Rate", "*")
        self.end_headers()

    do_OPTIONS = do_POST = answer

    def log_message(self, *_):
        """Says nothing."""


def receiver():
    """The address of a receiver that lives as long as the tests."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


RECEIVER = receiver()

MAILBOX = st.from_regex("[a-z0-9]{1,20}", fullmatch=True)
schemathesis.openapi.format("email", MAILBOX.map(lambda name: f"{name}@example.nl"))
NUMBERS = st.from_regex("[+]31[0-9]{9}|099900[0-9]{4}", fullmatch=True)
schemathesis.openapi.format("telefoonnummer", NUMBERS)
schemathesis.openapi.format("etag", st.integers(0, 10**18 - 1).map(lambda version: f'"{version}"'))


def bsn(seed):
    """A burgerservicenummer that passes its check and is not given out."""
    for last in range(10):
        for tens in range(10):
            digits = f"9999{seed % 1000:03}{tens}{last}"
            weights = [9, 8, 7, 6, 5, 4, 3, 2, -1]
            if sum(int(digit) * weight for digit, weight in zip(digits, weights)) % 11 == 0:
                return digits
    raise AssertionError(f"no BSN begins with {seed % 1000}")


def key_of_partij(value):
    """A key that identifies a partij."""
    return {
        "codeObjecttype": "natuurlijk_persoon",
        "codeSoortObjectId": "bsn",
        "codeRegister": "brp",
        "objectId": bsn(sum(map(ord, value))),
    }


def key(name, value):
    """A key in a register whose codes fit together."""
    whole = {field: CODES[field] for field in ("codeObjecttype", "codeSoortObjectId", "codeRegister")}
    if name == "partijIdentificator":
        whole = key_of_partij(value["objectId"])
    elif "objectId" in value:
        whole["objectId"] = NOTHING
    return {field: content for field, content in whole.items() if field in value}


def completed(name, value):
    """The value with what no schema says."""
    if isinstance(value, list):
        # Of these a partij has at most one of a kind.
        single = name in ("partijIdentificatoren", "rekeningnummers", "digitaleAdressen")
        return [completed(name, item) for item in (value[:1] if single else value)]
    if isinstance(value, str) and name in REFERENCES:
        return REFERENCES[name]
    if not isinstance(value, dict):
        return CODES[name] if name in CODES and isinstance(value, str) else value
    if value and value.keys() <= KEY_FIELDS:
        return key(name, value)
    value = {field: completed(field, content) for field, content in value.items()}
    # Only the address of a partij may be the usual one.
    value.pop("isStandaardAdres", None)
    if "soortDigitaalAdres" in value and isinstance(value.get("adres"), str):
        kind = value["soortDigitaalAdres"] if value["soortDigitaalAdres"] in ADDRESSES else "email"
        value.update(soortDigitaalAdres=kind, adres=ADDRESSES[kind])
    elif isinstance(value.get("soortDigitaalAdres"), str):
        value["soortDigitaalAdres"] = "email"
    elif isinstance(value.get("adres"), str):
        value["adres"] = ADDRESSES["email"]
    if "iban" in value:
        value["iban"] = IBAN
    for field in PAST.keys() & value.keys():
        value[field] = PAST[field]
    for field in ("callbackUrl", "tokenUrl"):
        if field in value:
            value[field] = RECEIVER
    # One of its own, of which it may have none.
    for field in ("voorkeursDigitaalAdres", "voorkeursRekeningnummer"):
        value.pop(field, None)
    # What it is about cannot be emptied when there is nothing else that it is about.
    if value.get("onderwerpobjectidentificator", "") is None:
        del value["onderwerpobjectidentificator"]
    # These ask for a name of everybody, and for a taak that is done.
    value.pop("indicatieHergebruikPartij", None)
    value.pop("afgehandeldOp", None)
    # An end that may lie before its beginning.
    for field in [field for field in value if field.endswith("Tot") or field.startswith("eind")]:
        del value[field]
    return value


def name_an_object(case):
    """Lets a path with a right key name something that is there, and keeps what others need."""
    if "{id}" not in case.path:
        return
    ends = case.path.endswith(ENDINGS)
    part = case.meta.components.get(ParameterLocation.PATH)
    # Schemathesis remembers keys from answers; those of what is kept are among them.
    found = case.path_parameters["id"] in OBJECTS["kept"].values()
    if (part is not None and part.mode.is_positive) or (ends and found):
        objects = OBJECTS["given_up" if ends else "kept"]
        collection = case.path.split("/")[1]
        case.path_parameters["id"] = objects.get(collection, case.path_parameters["id"])


@schemathesis.hook
def before_call(context, case, kwargs):
    """Completes a request that is meant to be right."""
    if case.meta is None:
        return
    name_an_object(case)
    if not case.meta.generation.mode.is_positive:
        return
    if isinstance(case.body, dict):
        case.body = completed("", case.body)
        if case.path.endswith("/_zoek"):
            case.body["id"] = case.body.get("id") or NOTHING
        sides = [case.body.get(f"vertegenwoordig{end}Partij") for end in ("de", "ende")]
        if sides[0] is not None and sides[0] == sides[1]:
            case.body["vertegenwoordigdePartij"] = NOTHING_ELSE
    # What the requests above use stays in use.
    if case.path.endswith("/{code}/deactiveringen"):
        case.path_parameters["code"] = "bestaat-niet"
