"""What schemathesis must know to ask right questions, where the schema cannot say it: pages of a
size that there is, one way in where exactly one is asked, numbers and addresses that can be. Then
every error is a finding. schema.graphql is the schema as `klantbeeld schema` prints it."""

import os
from dataclasses import replace
from pathlib import Path

import graphql
import schemathesis

# A value that can be, by the argument or the field that has it: of nobody but the demo's people.
RIGHT = {
    "bsn": "999990019",
    "rsin": "999993653",
    "kvkNummer": "99999011",
    "vestigingsnummer": "999999990011",
    "email": "jan.de.vries@example.nl",
    "telefoon": "0600000001",
    "naam": "de vries",
    "postcode": "1999 AB",
    "klantId": "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a",
    "taakId": "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a",
    "uuid": "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a",
    "identificatie": "ZAAK-2026-0000000001",
    "nummer": "1",
    "klantnummer": "1",
    "vanaf": "2026-01-01T00:00:00Z",
    "tot": "2026-12-31T00:00:00Z",
    "gewijzigdSinds": "0",
    "team": "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a",
    "tekst": "vergunning",
    "kanaal": "telefoon",
}
# What points into a list that was read before, since none was, and what was just written, since
# nothing was; and for a burger whom it is about, since that is in the token.
LEFT_OUT = {"after", "minimaal"} | ({"voor"} if os.environ["KLANTBEELD_PERSONA"] == "burger" else set())
FIRST_MAX = 100
# The fields of each input of which exactly one may be given: introspection does not tell of these.
SCHEMA = graphql.build_schema(Path("schema.graphql").read_text())
WAYS = [
    frozenset(kind.fields)
    for kind in SCHEMA.type_map.values()
    if isinstance(kind, graphql.GraphQLInputObjectType) and kind.is_one_of
]


@schemathesis.hook
def map_body(context, body):
    """Completes the arguments of a question."""
    operation = body.definitions[0]
    operation = replace(operation, selection_set=complete_set(operation.selection_set, WAYS))
    return replace(body, definitions=(operation, *body.definitions[1:]))


def complete_set(selection_set, ways):
    """The same selections, with arguments that can be."""
    if selection_set is None:
        return None
    selections = tuple(complete_selection(it, ways) for it in selection_set.selections)
    return replace(selection_set, selections=selections)


def complete_selection(selection, ways):
    if isinstance(selection, graphql.FragmentSpreadNode):
        return selection
    below = complete_set(selection.selection_set, ways)
    if isinstance(selection, graphql.InlineFragmentNode):
        return replace(selection, selection_set=below)
    given = (it for it in selection.arguments if it.name.value not in LEFT_OUT)
    arguments = tuple(replace(it, value=complete(it.name.value, it.value, ways)) for it in given)
    return replace(selection, arguments=arguments, selection_set=below)


def complete(name, value, ways):
    """A value that can be, of the same kind."""
    if isinstance(value, graphql.IntValueNode) and name == "first":
        return replace(value, value=str(abs(int(value.value)) % FIRST_MAX + 1))
    if isinstance(value, graphql.BooleanValueNode) and name == "mij":
        return replace(value, value=True)
    if isinstance(value, graphql.ListValueNode):
        return replace(value, values=tuple(complete(name, it, ways) for it in value.values))
    if isinstance(value, graphql.NullValueNode) and name == "voor":
        value = graphql.ObjectValueNode(fields=())
    if isinstance(value, graphql.ObjectValueNode):
        fields = value.fields
        names = {it.name.value for it in fields}
        if name == "zaak":
            fields = (given("uuid", graphql.StringValueNode(value=RIGHT["uuid"])),)
        elif of_one := next((it for it in ways if names <= it and names), None):
            fields = one(fields, of_one)
        elif name == "voor":
            fields = (given("bsn", graphql.StringValueNode(value=RIGHT["bsn"])),)
        fields = (replace(it, value=complete(it.name.value, it.value, ways)) for it in fields)
        return replace(value, fields=tuple(fields))
    if name in RIGHT and isinstance(value, (graphql.StringValueNode, graphql.IntValueNode)):
        return graphql.StringValueNode(value=RIGHT[name])
    return value


def given(name, value):
    """A field of an input."""
    return graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=value)


def one(fields, ways):
    """The first of these that has a value, or else a way in that is a text."""
    filled = [it for it in fields if not isinstance(it.value, graphql.NullValueNode)]
    names = [*(it.name.value for it in fields), *sorted(ways)]
    known = [given(it, graphql.StringValueNode(value=RIGHT[it])) for it in names if it in RIGHT]
    return tuple(filled[:1] or known[:1] or [given("mij", graphql.BooleanValueNode(value=True))])
