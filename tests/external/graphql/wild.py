"""Any input that the schema allows, as schemathesis makes it. A refusal is an answer when it is one
of those that are the caller's to mend, with the fields of RFC 9457; anything else is a finding."""

import re

import schemathesis

# What the caller can mend. No code of ours for a failure is among them.
REFUSALS = {
    "ONGELDIGE_INVOER",
    "ONGELDIGE_CURSOR",
    "ONGELDIGE_AANVRAAG",
    "GEEN_TOEGANG",
    "ONBEKEND_VELD",
    "NOG_NIET_VERWERKT",
    "LIMIET",
}
FIELDS = ("type", "title", "status", "code", "detail")
# What would tell of the inside.
INSIDE = re.compile(r"sqlx|postgres|panicked|\.rs:|SELECT |read_side|stack", re.IGNORECASE)


@schemathesis.check
def only_refusals(ctx, response, case):
    """Every error is a refusal that says what to mend, and tells nothing of the inside."""
    assert response.status_code in (200, 400), f"status {response.status_code}"
    assert not INSIDE.search(response.text), "the answer tells of the inside"
    answer = response.json()
    for error in answer.get("errors", []):
        extensions = error.get("extensions", {})
        missing = [name for name in FIELDS if name not in extensions]
        assert not missing, f"an error without {missing}"
        assert extensions["code"] in REFUSALS, f"{extensions['code']} is no refusal"
