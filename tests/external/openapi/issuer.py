"""An issuer of tokens of its own: issuer.py DIRECTORY [ROLE…]. Writes jwks.json for the service and
a token of these roles that may do everything the document (openapi.json, in the same directory)
speaks of."""

import json
import sys
import time
import uuid
from pathlib import Path

from jwcrypto import jwk, jwt

ISSUER = "urn:test:uitgever"
LIFETIME_SECONDS = 3600


def scopes(document):
    """Every scope that some operation asks for."""
    found = {"bsn:lezen", "interne-notitie:lezen", "vertrouwelijk:lezen"}
    for item in document["paths"].values():
        for operation in item.values():
            for demand in operation.get("security", []):
                found.update(*demand.values())
    return sorted(found)


def main(directory, roles):
    document = json.loads((directory / "openapi.json").read_text())
    key = jwk.JWK.generate(kty="EC", crv="P-256", kid="extern", use="sig", alg="ES256")
    public = {"keys": [key.export_public(as_dict=True)]}
    (directory / "jwks.json").write_text(json.dumps(public))
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "klantbeeld",
        "azp": "extern",
        "sub": "extern",
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "rollen": roles,
        "doelbinding": "klantcontact",
        "scope": " ".join(scopes(document)),
    }
    token = jwt.JWT(header={"alg": "ES256", "kid": "extern", "typ": "JWT"}, claims=claims)
    token.make_signed_token(key)
    (directory / "token").write_text(token.serialize())


main(Path(sys.argv[1]), sys.argv[2:])
