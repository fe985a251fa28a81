"""What the judges of others found: report.py JUDGED AUDITS. JUDGED has what each of them said,
AUDITS is docs/audits.md. Fails when that says something else; KLANTBEELD_VERNIEUW=1 writes it anew."""

import datetime
import difflib
import json
import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
PERSONAS = ("kcc", "behandelaar", "burger", "beheerder")
# The one line that differs from run to run.
DATE = "Judged on "

HEAD = """# Audits

What judges of others found, as `tests/external/run` wrote it: it runs them all, fails when one of
them finds something, and holds this page against what they said.
`KLANTBEELD_VERNIEUW=1 tests/external/run` writes it anew.

{date}, version {version}.

| Judge | Version | Judges | Result |
| --- | --- | --- | --- |
"""

FOOT = """
- **GraphQL over HTTP.** A notice is something that a server may do and this one does not on
  purpose: questions by `GET`, so that no personal data are in addresses.
- **Schemathesis, right**, asks only what can be answered: pages of a size that there is, numbers
  that can be, one way in where exactly one is asked. Every error is a finding, by all of its own
  checks. Each persona of the demo asks the fields that it sees; no persona has the role
  outputmanagement, so `bereikbaarheid` is not among them.
- **Schemathesis, wild**, asks whatever the schema allows and what it does not. It calls every error
  of a field a server error, and a BSN that can be none is refused in just that way; so here a
  refusal is an answer when its code is one that the caller can mend, it has the fields of RFC 9457
  and tells nothing of the inside. What violates the schema must be refused.
- **GraphQL Cop** is in no registry; its checks are written anew in `tests/external/graphql/cop.mjs`,
  by what it asks and what it calls a finding. They run against a service as a municipality runs it,
  since introspection and an IDE, which the demo has, are findings.
"""


def versions(*files):
    """The version of every package that files pin."""
    found = {}
    for file in files:
        text = (HERE / file).read_text()
        if file.endswith(".json"):
            found.update(json.loads(text)["dependencies"])
        else:
            lines = (line.split("==") for line in text.split())
            found.update({re.sub(r"\[.*\]", "", name): version for name, version in lines})
    return found


VERSIONS = versions(
    "package.json",
    "../browser/package.json",
    "openapi/package.json",
    "openapi/requirements.txt",
    "tokens/package.json",
    "tokens/requirements.txt",
    "cloudevents/requirements.txt",
)


def of(*packages):
    return ", ".join(f"{name} {VERSIONS[name]}" for name in packages)


class Judged:
    """What the judges said, by name."""

    def __init__(self, directory):
        self.directory = directory

    def said(self, name, pattern):
        """The part of what a judge said that is its result; it must be there."""
        text = (self.directory / name).read_text()
        found = re.search(pattern, text)
        if found is None:
            sys.exit(f"{name} did not say {pattern!r}:\n{text[-2000:]}")
        return found

    def checks(self, name):
        """How many checks of a browser test passed."""
        self.said(name, r"ok - \d+ requests, all to ")
        text = (self.directory / name).read_text()
        return f"{len(re.findall('^ok - ', text, re.MULTILINE))} checks, nothing found"

    def schemathesis(self, kind):
        """What it found for each persona."""
        told = []
        for persona in PERSONAS:
            self.said(f"{kind}-{persona}", r"No issues found|\d+ warnings? in")
            operations = self.said(f"{kind}-{persona}", r"Operations: +(\d+) selected").group(1)
            told.append(f"{persona} {operations}")
        return f"nothing found; operations: {', '.join(told)}"


def rows(judged):
    audit = judged.said("graphql-http", r"ok: (\d+), notice: (\d+), warn: (\d+), error: (\d+)")
    audit = "{} ok, {} notices, {} warnings, {} errors".format(*audit.groups())
    tokens = judged.said("tokens", r"tokens: (\d+) requests judged").group(1)
    judged.said("openapi", r"No issues found|\d+ warnings? in")
    judged.said("kafka", r"Kafka")
    judged.said("webhooks", r"Webhooks")
    browser = of("playwright-core")
    schemathesis = of("schemathesis")
    right, wild = judged.schemathesis("right"), judged.schemathesis("wild")
    openapi = of("openapi-spec-validator", "@redocly/cli")
    sdk = of("cloudevents")
    return [
        ("GraphQL over HTTP", of("graphql-http"), "`POST /graphql`", audit),
        ("Subscriptions", of("graphql-ws", "graphql-sse"), "following, with the clients of others",
         judged.said("subscriptions", r"subscriptions: (\d+ checks, 0 found)").group(1)),
        ("Schemathesis, right", schemathesis, "every field of the root", right),
        ("Schemathesis, wild", schemathesis, "the same, with any input", wild),
        ("GraphQL Cop, its checks", "of 1.15", "`/graphql` in productie",
         judged.said("cop", r"result: (\d+ checks, 0 found)").group(1)),
        ("Chromium", browser, "GraphiQL", judged.checks("graphiql")),
        ("Chromium, axe", of("playwright-core", "axe-core"), "GraphiQL with personas",
         judged.checks("personas")),
        ("Chromium", browser, "the page of the bijhouding API", judged.checks("api")),
        ("Tokens", of("oidc-provider", "jwcrypto"), "who is let in",
         f"{tokens} requests judged as they should be"),
        ("OpenAPI", openapi, "the document of the bijhouding API", "nothing found"),
        ("Schemathesis, OpenAPI", schemathesis, "the bijhouding API, by all of its checks",
         "nothing found"),
        ("CloudEvents", sdk, "Kafka, a real broker", "every event accepted"),
        ("CloudEvents", sdk, "webhooks", "every event accepted"),
    ]


def page(judged):
    cargo = (HERE / "../../Cargo.toml").read_text()
    version = re.search(r'^version = "(.*)"', cargo, re.MULTILINE).group(1)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    lines = "".join(f"| {' | '.join(row)} |\n" for row in rows(judged))
    return HEAD.format(date=f"{DATE}{today}", version=version) + lines + FOOT


def undated(text):
    return [re.sub(rf"^{DATE}[0-9-]+", DATE, line) for line in text.splitlines()]


def main(directory, path):
    found = page(Judged(directory))
    if os.environ.get("KLANTBEELD_VERNIEUW"):
        path.write_text(found)
        print(f"{path} is written")
        return
    committed = path.read_text() if path.exists() else ""
    differ = list(difflib.unified_diff(undated(committed), undated(found), "committed", "found"))
    if differ:
        print("\n".join(differ))
        renew = "KLANTBEELD_VERNIEUW=1 tests/external/run writes it anew"
        sys.exit(f"{path} says something else; {renew}")
    print(f"{path} says what was found")


main(Path(sys.argv[1]), Path(sys.argv[2]))
