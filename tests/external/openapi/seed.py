"""Registers one of everything, twice: one to keep and one to give up. seed.py URL TOKEN prints, as
JSON, the key of each by the collection in whose paths it stands."""

import json
import sys
import urllib.error
import urllib.request
import uuid

BASE = "/bijhouding/v1"
ZAAK = {"codeObjecttype": "zaak", "codeSoortObjectId": "uuid", "codeRegister": "zakenregister"}


class Api:
    """The bijhouding API, for who has this token."""

    def __init__(self, url, token):
        self.url, self.token = url + BASE, token

    def ask(self, path, body=None):
        """POST with a body, otherwise GET; anything but success is an error."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return json.load(response)
        except urllib.error.HTTPError as refusal:
            sys.exit(f"{path}: {refusal.read().decode()}")

    def make(self, path, body):
        """The key of what was registered, and of the handeling."""
        answer = self.ask(path, body)
        return answer["objecten"][0]["id"], answer["handelingId"]


def partijen(api, bsn, iban):
    """People and an organisatie with their parts."""
    address = {"soortDigitaalAdres": "email", "adres": f"{bsn}@example.nl"}
    key = {**ZAAK, "codeObjecttype": "natuurlijk_persoon", "codeSoortObjectId": "bsn"}
    key.update(codeRegister="brp", objectId=bsn)
    persoon, handeling = api.make("/personen", {
        "contactnaam": {"voornaam": "Jan"},
        "digitaleAdressen": [address],
        "partijIdentificatoren": [{"partijIdentificator": key}],
        "rekeningnummers": [{"iban": iban}],
    })
    organisatie, _ = api.make("/organisaties", {"naam": "Bakkerij Voorbeeld"})
    contactpersoon, _ = api.make("/contactpersonen", {"contactnaam": {"voornaam": "Sanne"}})
    pair = {"vertegenwoordigendePartij": contactpersoon, "vertegenwoordigdePartij": persoon}
    api.ask(f"/partijen/{persoon}/categorie-relaties", {"categorie": "extern"})
    whole = api.ask(f"/partijen/{persoon}")
    return {
        "handelingen": handeling,
        "partijen": persoon,
        "personen": persoon,
        "organisaties": organisatie,
        "contactpersonen": contactpersoon,
        "vertegenwoordigingen": api.make("/vertegenwoordigingen", pair)[0],
        "digitale-adressen": whole["digitaleAdressen"][0]["id"],
        "partij-identificatoren": whole["partijIdentificatoren"][0]["id"],
        "rekeningnummers": whole["rekeningnummers"][0]["id"],
        "categorie-relaties": whole["categorieRelaties"][0]["id"],
    }


def contacten(api, partij, naam):
    """Actoren and a klantcontact with all its parts."""
    medewerker, _ = api.make("/medewerkers", {
        "naam": naam, "functie": "medewerker KCC", "telefoonnummer": "0999001099",
    })
    zaak = {**ZAAK, "objectId": "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5"}
    contact, _ = api.make("/klantcontacten", {
        "kanaal": "telefoon", "onderwerp": "Container niet geleegd", "actoren": [medewerker],
        "betrokkenen": [{"rol": "klant", "initiator": True, "wasPartij": partij}],
        "onderwerpobjecten": [{"onderwerpobjectidentificator": zaak}],
        "bijlagen": [{"bijlageidentificator": {**zaak, "codeObjecttype": "informatieobject",
                                               "codeRegister": "documentenregister"}}],
        "interneTaken": [{"gevraagdeHandeling": "Bel terug",
                          "toegewezenAanActoren": [medewerker]}],
    })
    whole = api.ask(f"/klantcontacten/{contact}")
    proposal = {"objectsoort": "klantcontact", "objectId": contact, "grond": "bewaartermijn",
                "besluit": "besluit 17"}
    return {
        "actoren": medewerker,
        "medewerkers": medewerker,
        "organisatorische-eenheden": api.make("/organisatorische-eenheden", {"naam": naam})[0],
        "geautomatiseerde-actoren": api.make(
            "/geautomatiseerde-actoren", {"naam": naam, "functie": "e-mail verdelen"}
        )[0],
        "klantcontacten": contact,
        "betrokkenen": whole["hadBetrokkenen"][0]["id"],
        "actorkoppelingen": whole["hadBetrokkenActoren"][0]["id"],
        "onderwerpobjecten": whole["gingOverOnderwerpobjecten"][0]["id"],
        "bijlagen": whole["omvatteBijlagen"][0]["id"],
        "interne-taken": whole["leiddeTotInterneTaken"][0],
        "vernietigingsvoorstellen": api.make("/vernietigingsvoorstellen", proposal)[0],
        "inzageverzoeken": api.make("/inzageverzoeken", {
            "partij": partij, "kenmerk": "AVG 17", "reden": "verzoek van de betrokkene",
        })[0],
        "zaaksleutels": api.make("/zaaksleutels", {
            "uuid": str(uuid.uuid4()), "identificatie": f"ZAAK {naam}",
            "codeRegister": "zakenregister",
        })[0],
    }


def whole(api, bsn, iban, naam):
    """One of everything."""
    found = partijen(api, bsn, iban)
    return {**found, **contacten(api, found["partijen"], naam)}


def main(url, token):
    api = Api(url, token)
    api.ask("/categorieen", {"code": "extern", "naam": "Extern"})
    kept = whole(api, "999990019", "NL91ABNA0417164300", "Sanne Visser")
    given_up = whole(api, "999990020", "NL20INGB0001234567", "Bram Bakker")
    print(json.dumps({"kept": kept, "given_up": given_up}))


main(sys.argv[1], sys.argv[2])
