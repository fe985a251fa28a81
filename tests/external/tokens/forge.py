"""Keys and forged tokens of an independent library (jwcrypto).

forge.py keys DIRECTORY       makes the private keys with which the issuers begin and go on
forge.py judge DIRECTORY URL  asks the service at URL with real tokens and with forged ones
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

from jwcrypto import jwe, jwk, jws

CLIENT = "kcc-desk"
SECRET = "van-deze-test"
ANSWER_MAX_SECONDS = 10
# The header of a good token.
HEADER = {"alg": "ES256", "kid": "new-ec", "typ": "at+jwt"}


def make_keys(directory):
    """Sets of private keys: old and new of our own issuer, and those of the other."""
    for name in ("old", "new", "other"):
        rsa = jwk.JWK.generate(kty="RSA", size=2048, kid=f"{name}-rsa", use="sig", alg="PS256")
        ec = jwk.JWK.generate(kty="EC", crv="P-256", kid=f"{name}-ec", use="sig", alg="ES256")
        keys = {"keys": [key.export_private(as_dict=True) for key in (rsa, ec)]}
        (directory / f"{name}.json").write_text(json.dumps(keys))


def private_keys(directory, name):
    """The RSA key and the EC key of a set."""
    keys = json.loads((directory / f"{name}.json").read_text())["keys"]
    return [jwk.JWK(**key) for key in keys]


def encoded(value):
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def signed(key, header, claims):
    """A token; header and claims may be text, with which more can be wrong."""
    text = claims if isinstance(claims, str) else json.dumps(claims)
    token = jws.JWS(text)
    # Also what the library itself would not do.
    token.allowed_algs = jws.default_allowed_algs + ["HS256"]
    token.add_signature(key, protected=json.dumps(header))
    return token.serialize(compact=True)


def http(request):
    """Status, headers and body of an answer, whatever it is."""
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_MAX_SECONDS) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


class Service:
    """The service that is judged."""

    def __init__(self, url):
        self.url = url
        self.count = 0

    def answers(self, token, query=""):
        """What both interfaces say to a bearer."""
        headers = {"Content-Type": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        body = json.dumps({"query": "{ __typename }"}).encode()
        get = urllib.request.Request(f"{self.url}/bijhouding/v1/personen{query}", headers=headers)
        post = urllib.request.Request(f"{self.url}/graphql{query}", data=body, headers=headers)
        return [http(get), http(post)]

    def accepts(self, what, token):
        for status, _, body in self.answers(token):
            assert status == 200, f"{what}: {status} {body}"
            self.count += 1

    def refuses(self, what, token, query=""):
        for status, headers, body in self.answers(token, query):
            assert status == 401, f"{what}: {status} {body}"
            assert headers["Content-Type"] == "application/problem+json", f"{what}: {headers}"
            assert headers["WWW-Authenticate"].startswith("Bearer "), f"{what}: {headers}"
            self.count += 1

    def refuses_before_reading(self, what, token):
        """Too large for any HTTP server: an answer without a door, or no answer at all."""
        try:
            for status, _, _ in self.answers(token):
                assert status in (401, 431), f"{what}: {status}"
        except (urllib.error.URLError, ConnectionError):
            pass
        self.count += 1


def real_token(issuer, algorithm):
    """An access token, as the issuer gives it."""
    form = {"grant_type": "client_credentials", "resource": f"urn:klantbeeld:{algorithm}",
            "scope": "handelingen:lezen"}
    basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
    request = urllib.request.Request(f"{issuer}/token", data=urllib.parse.urlencode(form).encode(),
                                     headers={"Authorization": f"Basic {basic}"})
    status, _, body = http(request)
    assert status == 200, f"the issuer gave no token: {status} {body}"
    return json.loads(body)["access_token"]


def change_keys(issuer, name):
    status, _, body = http(urllib.request.Request(f"{issuer}/_keys/{name}", method="POST"))
    assert status == 200, body


def good_claims(issuer):
    now = int(time.time())
    return {"iss": issuer, "aud": ["klantbeeld"], "sub": "nicole", "azp": CLIENT,
            "jti": str(uuid.uuid4()), "iat": now, "exp": now + 600, "rollen": ["kcc"],
            "scope": "handelingen:lezen", "doelbinding": "klantcontact"}


def without(claims, name):
    return {key: value for key, value in claims.items() if key != name}


def wrong_claims(claims, other):
    """What a token must not say, by name."""
    now = int(time.time())
    text = json.dumps(claims)
    return {
        "expired": claims | {"iat": now - 600, "exp": now - 60},
        "not yet valid": claims | {"nbf": now + 300},
        "valid for too long": claims | {"exp": now + 3700},
        "no exp": without(claims, "exp"),
        "right key, wrong issuer": claims | {"iss": other},
        "aud missing": without(claims, "aud"),
        "another aud": claims | {"aud": "elders"},
        "an array of aud without ours": claims | {"aud": ["elders", "nergens"]},
        "azp not allowed": claims | {"azp": "onbekend"},
        "an ID token": claims | {"nonce": "n", "aud": [CLIENT, "klantbeeld"]},
        "duplicate claims": text[:-1] + ', "aud": "klantbeeld"}',
    }


def wrong_tokens(directory, issuers, claims):
    """Forged tokens, by name."""
    rsa, ec = private_keys(directory, "new")
    _, other_ec = private_keys(directory, "other")
    attacker, header = jwk.JWK.generate(kty="EC", crv="P-256", kid="new-ec"), HEADER
    good = signed(ec, header, claims)
    message = good.rsplit(".", 1)[0]
    hmac = {"alg": "HS256", "kid": "new-rsa", "typ": "at+jwt"}
    pem = base64.urlsafe_b64encode(rsa.export_to_pem()).rstrip(b"=").decode()
    secret = jwk.JWK(kty="oct", k=pem)
    encrypted = jwe.JWE(json.dumps(claims), json.dumps(
        {"alg": "RSA-OAEP-256", "enc": "A256GCM", "kid": "new-rsa", "cty": "JWT"}),
        recipient=jwk.JWK.generate(kty="RSA", size=2048))
    wrong = {what: signed(ec, header, value)
             for what, value in wrong_claims(claims, issuers["other"]).items()}
    return wrong | {
        "alg none": f"{encoded(header | {'alg': 'none'})}.{encoded(claims)}.",
        "HS256 with the RSA public key": signed(secret, hmac, claims),
        "unknown kid": signed(ec, header | {"kid": "onbekend"}, claims),
        "kid of another issuer": signed(other_ec, header | {"kid": "other-ec"}, claims),
        "the attacker's key by our name": signed(attacker, header, claims),
        "a JWE": encrypted.serialize(compact=True),
        "jku to an attacker": signed(attacker, header | {"jku": "http://127.0.0.1:9/jwks"}, claims),
        "a jwk of the attacker": signed(
            attacker, header | {"jwk": attacker.export_public(as_dict=True)}, claims),
        "crit": f"{encoded(header | {'crit': ['b64'], 'b64': True})}.{encoded(claims)}.AAAA",
        "signature stripped": f"{message}.",
        "17 KiB": signed(ec, header, claims | {"opvulling": "x" * 17 * 1024}),
    }


def judge_real(directory, issuers, service):
    """What the issuers give, and that they may change their keys."""
    own = issuers["own"]
    old = real_token(own, "ES256")
    service.accepts("a real token, ES256", old)
    service.accepts("a real token, PS256", real_token(own, "PS256"))
    service.accepts("a real token of the other issuer", real_token(issuers["other"], "ES256"))
    status, _, id_token = http(urllib.request.Request(f"{own}/_id-token"))
    assert status == 200 and id_token.count(b".") == 2, id_token
    service.refuses("a real ID token", id_token.decode())
    # Before the forged ones: a key that does not exist uses up the question of this minute.
    change_keys(own, "new")
    service.accepts("a key that came in, before the first refresh", real_token(own, "ES256"))
    service.refuses("a key that went out", old)


def judge(directory, url):
    issuers = json.loads((directory / "issuers.json").read_text())
    service = Service(url)
    judge_real(directory, issuers, service)
    claims = good_claims(issuers["own"])
    good = signed(private_keys(directory, "new")[1], HEADER, claims)
    service.accepts("a forged token with nothing wrong", good)
    for what, token in wrong_tokens(directory, issuers, claims).items():
        service.refuses(what, token)
    service.refuses("no token", None)
    service.refuses("a token in the query", None, f"?access_token={good}")
    service.refuses_before_reading("1 MiB", "x" * 1024 * 1024)
    service.accepts("a good one still", good)
    print(f"tokens: {service.count} requests judged as they should be")


def main(action, directory, *rest):
    if action == "keys":
        return make_keys(directory)
    return judge(directory, *rest)


main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
