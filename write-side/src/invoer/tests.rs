//! What the document says of a value is what its reader takes: random values, right and wrong, are
//! given to both.

use jsonschema::{Draft, Validator};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use super::*;
use crate::handelingen::vernietiging::VernietigPartij;
use crate::referentielijsten::Referentielijsten;
use crate::uitgaand::webhook::invoer::{
    Authenticatie, Filters, Gebeurtenissoort, Geheim, Wachtend, Weburl,
};

/// Values that each type is given.
const CASES: usize = 3000;
/// Letters that tell one pattern from another: digits and letters of more scripts than one, every
/// kind of blank, letters of two UTF-16 units, and what addresses and numbers are written with.
const LETTERS: &[char] = &[
    '0', '1', '2', '4', '8', '9', 'A', 'B', 'Q', 'Z', 'a', 'b', 'n', 'z', '-', '_', '+', '.', ':',
    '@', '/', 'T', 'W', 't', ' ', '\t', '\n', '\u{b}', '\u{1f}', '\u{85}', '\u{a0}', '\u{2003}',
    '\u{3000}', '\u{feff}', '\0', 'é', 'İ', '٣', '😀',
];

/// How far the two agree.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Samen {
    /// They take the same.
    Precies,
    /// They take the same, but for `format`, which may say that less is meant.
    OpFormatNa,
    /// The reader takes less than the pattern: it checks what a schema cannot say.
    LezerNauwer,
}

fn runner() -> TestRunner {
    TestRunner::new_with_rng(Config::default(), TestRng::from_seed(RngAlgorithm::ChaCha, &[9; 32]))
}

fn schema<T: ToSchema>() -> Value {
    let mut named = Vec::new();
    T::schemas(&mut named);
    let schemas: Map<String, Value> =
        named.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    json!({ "allOf": [T::schema()], "components": { "schemas": schemas } })
}

fn validator(schema: &Value, samen: Samen) -> Validator {
    let options = jsonschema::options().with_draft(Draft::Draft202012);
    let formats = samen == Samen::Precies;
    options.should_validate_formats(formats).build(schema).expect("a schema")
}

fn read<T: Lees>(value: &Value) -> bool {
    let lijsten = Referentielijsten::default();
    let mut lezer = Lezer::new(&lijsten, chrono::DateTime::UNIX_EPOCH);
    let read = T::lees(value, &mut lezer);
    lezer.klaar(read).is_ok()
}

/// Gives both the same values, of which some are right and some wrong.
fn together<T: Lees + ToSchema>(samen: Samen, values: impl Strategy<Value = Value>) {
    let validator = validator(&schema::<T>(), samen);
    let (mut taken, mut refused) = (0, 0);
    let mut runner = runner();
    for _ in 0..CASES {
        let value = values.new_tree(&mut runner).expect("a value").current();
        let (told, read) = (validator.is_valid(&value), read::<T>(&value));
        let same = told == read || (samen == Samen::LezerNauwer && told);
        assert!(same, "{}: document {told}, reader {read}: {value}", T::name());
        taken += usize::from(read);
        refused += usize::from(!told);
    }
    assert!(taken > 50 && refused > 50, "{}: {taken} taken, {refused} refused", T::name());
}

/// Text: of the pattern where it can be made from it, like what is right but for a few letters, or
/// just letters; now and then something that is no text.
fn texts<T: ToSchema>(right: &[&str]) -> impl Strategy<Value = Value> + use<T> {
    let schema = json!(T::schema());
    let pattern = schema["pattern"].as_str().unwrap_or_default();
    let pattern = pattern.trim_start_matches('^').trim_end_matches('$').to_owned();
    let right: Vec<String> = right.iter().map(|text| (*text).to_owned()).collect();
    let made = match proptest::string::string_regex(&pattern) {
        Ok(made) if !pattern.is_empty() => made.boxed(),
        _ => select(right.clone()).boxed(),
    };
    let letters = || select(LETTERS);
    let edits = vec((any::<Index>(), 0_u8..3, letters()), 0..4);
    let edited = (select(right), edits).prop_map(|(text, edits)| edited(&text, &edits));
    let noise = vec(letters(), 0..24).prop_map(String::from_iter);
    let text = prop_oneof![3 => made, 6 => edited, 2 => noise].prop_map(Value::String);
    let other = select(vec![json!(null), json!(12), json!(true), json!([]), json!({})]);
    prop_oneof![12 => text, 1 => other]
}

/// Another letter, one more, or one less, a few times.
fn edited(text: &str, edits: &[(Index, u8, char)]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (place, what, letter) in edits {
        if letters.is_empty() || *what == 0 {
            letters.insert(place.index(letters.len() + 1), *letter);
            continue;
        }
        let place = place.index(letters.len());
        letters.remove(place);
        if *what == 1 {
            letters.insert(place, *letter);
        }
    }
    letters.into_iter().collect()
}

fn text<T: Lees + ToSchema>(samen: Samen, right: &[&str]) {
    together::<T>(samen, texts::<T>(right));
}

#[test]
fn text_is_what_the_document_says() {
    let ten = "tien teken";
    text::<Tekst<10>>(Samen::Precies, &["a", " b ", ten, "\u{feff}", "😀😀😀😀😀😀😀😀😀"]);
    text::<Nummer>(Samen::Precies, &["1", "0000000042", "2300918244"]);
    text::<Referentie>(Samen::Precies, &["ZAAK-2026-0001", "a_b"]);
    text::<Naamdeel>(Samen::Precies, &["Vries", "  de", "J a", "İst"]);
    text::<Bic>(Samen::Precies, &["ABNANL2A", "ABNANL2AXXX"]);
    text::<NummeraanduidingId>(Samen::Precies, &["0518200000637599"]);
}

#[test]
fn addresses_are_what_the_document_says() {
    text::<Telefoonnummer>(
        Samen::Precies,
        &["0612345678", "06-12 34 56 78", "+31612345678", "0031612345678", "0800123456", "+1 2"],
    );
    text::<Postcode>(Samen::Precies, &["1234 AB", "9999 ZZ"]);
    text::<Postcodecriterium>(Samen::Precies, &["1234 AB", "1234ab", "12 34AB"]);
    together::<Huisnummer>(Samen::Precies, numbers(&[0, 1, 12, 99_999, 100_000]));
    text::<Cursor>(Samen::Precies, &["AZLwyFwefRCaSy8-TVxreg", "AAAAAAAAAAAAAAAAAAAAAA"]);
}

#[test]
fn codes_are_what_the_document_says() {
    text::<NieuweCode>(Samen::Precies, &["balie", "a.b-c_D"]);
    text::<NieuweTaalcode>(Samen::Precies, &["nld", "fry"]);
    text::<NieuweLandcode>(Samen::Precies, &["NL", "BE"]);
    text::<Rol>(Samen::Precies, &["klant", "vertegenwoordiger"]);
    text::<IndicatieContactGelukt>(Samen::Precies, &["ja", "nee", "onbekend"]);
    text::<Status>(Samen::Precies, &["te_verwerken", "verwerkt"]);
    text::<PartijSoort>(Samen::Precies, &["persoon", "organisatie", "contactpersoon"]);
    text::<ActorSoort>(Samen::Precies, &["medewerker", "organisatorische_eenheid"]);
    text::<AdresValidatie>(Samen::Precies, &["email", "overig"]);
}

#[test]
fn time_is_what_the_document_says() {
    text::<Datum>(Samen::Precies, &["2026-11-23", "2024-02-29", "2023-02-28", "0001-01-01"]);
    text::<Moment>(
        Samen::Precies,
        &[
            "2026-11-23T10:00:00+01:00",
            "2026-11-23T10:00:00Z",
            "2026-11-23T10:00:00.123456789Z",
            "2016-12-31T23:59:60Z",
            "2024-02-29T00:00:00-12:30",
        ],
    );
}

#[test]
fn what_says_less_than_it_holds_is_no_wider_than_its_pattern() {
    // Check digits.
    text::<Iban>(Samen::LezerNauwer, &["NL91ABNA0417164300", "nl91abna0417164300"]);
    // What somebody gives is taken, though mail may not reach it.
    text::<Emailadres>(Samen::OpFormatNa, &["jan.de.vries@example.nl", "j@x.nl"]);
}

fn numbers(right: &[i64]) -> impl Strategy<Value = Value> + use<> {
    let near = select(right.to_vec()).prop_map(|number| json!(number));
    let other =
        select(vec![json!(null), json!("1"), json!(1.5), json!(true), json!(12.0), json!(-1.0)]);
    let any = any::<i64>().prop_map(|number| json!(number));
    prop_oneof![4 => near, 1 => any, 1 => other, 4 => (-3_i64..200).prop_map(|number| json!(number))]
}

#[test]
fn numbers_and_keys_are_what_the_document_says() {
    together::<Aantal>(Samen::Precies, numbers(&[0, 1, 25, 100, 101]));
    let key = "0192f0c8-5c1e-7d10-9a4b-2f3e4d5c6b7a";
    let upper = key.to_uppercase();
    let keys = [key, &upper, &key.replace('-', ""), &format!("urn:uuid:{key}")];
    let object = texts::<Nummer>(&keys).prop_map(|value| json!({ "voorstel": value }));
    together::<VernietigPartij>(Samen::Precies, object);
}

/// Objects with some of these fields, some of them null, and now and then one that is not known.
fn objects(fields: &[(&'static str, &[Value])]) -> impl Strategy<Value = Value> + use<> {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, values)| {
            let value = prop_oneof![4 => select(values.to_vec()), 1 => Just(Value::Null)];
            (Just(*name), proptest::option::weighted(0.3, value))
        })
        .collect();
    let known = fields.prop_map(|fields| {
        let given = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(given.collect())
    });
    let unknown = known.clone().prop_map(|mut object| {
        object["bestaatNiet"] = json!(1);
        object
    });
    prop_oneof![9 => known, 1 => unknown]
}

#[test]
fn groups_are_what_the_document_says() {
    let name = [json!("Jan"), json!(""), json!(" "), json!(12)];
    together::<ContactnaamInvoer>(
        Samen::Precies,
        objects(&[
            ("voorletters", &name),
            ("voornaam", &name),
            ("voorvoegselAchternaam", &name),
            ("achternaam", &name),
        ]),
    );
    let right = |value: Value| [value.clone(), value.clone(), value, json!("")];
    together::<AdresInvoer>(
        Samen::Precies,
        objects(&[
            ("nummeraanduidingId", &right(json!("0518200000637599"))),
            ("straatnaam", &right(json!("Dorpsstraat"))),
            ("huisnummer", &right(json!(12))),
            ("huisnummertoevoeging", &right(json!("a"))),
            ("postcode", &right(json!("1234 AB"))),
            ("stad", &right(json!("Voorbeeldstad"))),
            ("adresregel1", &right(json!("Postbus 1"))),
            ("adresregel2", &right(json!("1234 AB"))),
            ("adresregel3", &right(json!("België"))),
        ]),
    );
    together::<Identificatorcriterium>(Samen::Precies, objects(&[("objectId", &name)]));
}

#[test]
fn metadata_are_what_the_document_says() {
    let name = texts::<Nummer>(&["bron", "b\0n", ""]).prop_map(|value| {
        let text = value.as_str().unwrap_or("een naam");
        if text.len() == 3 { text.repeat(14) } else { text.to_owned() }
    });
    let value = select(vec![json!("kcc"), json!("kcc"), json!("kcc"), json!(""), json!(null)]);
    let name = name.boxed();
    let entries = prop_oneof![8 => vec((name.clone(), value), 0..3).boxed(),
        1 => vec((name, Just(json!("kcc"))), 48..56).boxed()];
    let object = entries.prop_map(|entries| Value::Object(entries.into_iter().collect()));
    together::<Metadata>(Samen::Precies, object);
}

#[test]
fn subscriptions_are_what_the_document_says() {
    let secret = "een-geheim-van-24-tekens";
    let keys = [json!(secret), json!("te kort"), json!("\0".repeat(24))];
    text::<Geheim>(Samen::Precies, &[secret, "een-geheim-van-meer-dan-24-tekens"]);
    text::<Wachtend>(Samen::Precies, &["wacht"]);
    let soorten = ["klantcontact-geregistreerd", "interne-taak-doorgestuurd"];
    text::<Gebeurtenissoort>(Samen::Precies, &soorten);
    together::<Authenticatie>(Samen::Precies, objects(&[("geheim", &keys)]));
    let kinds = [json!([]), json!(["actor"]), json!([""]), json!(["a\0"]), json!("actor")];
    let fields: Vec<String> = (0..24).map(|number| format!("veld{number}")).collect();
    let filters = vec((select(fields), select(kinds[..2].to_vec())), 0..60);
    let filters = filters.prop_map(|entries| Value::Object(entries.into_iter().collect()));
    let few = objects(&[("objectsoort", &kinds), ("kanaal", &kinds)]);
    together::<Filters>(Samen::Precies, prop_oneof![filters, few]);
    // What has the form of an address may still have no host, or a port that is none.
    text::<Weburl>(
        Samen::LezerNauwer,
        &["https://example.nl/hook", "HTTP://127.0.0.1:8080/?a=b", "https://[::1]/"],
    );
}
