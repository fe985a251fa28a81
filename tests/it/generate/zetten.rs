//! Random handelingen of the kinds that can be done in memory.

use chrono::TimeDelta;
use klantbeeld::random::Random;
use serde_json::{Value, json};
use uuid::Uuid;
use write_side::vulling::Soort;

/// Kinds of handeling.
pub const SOORTEN: usize = 17;

/// A kind of handeling: its path, the kind of object that the path names, and how it is made up.
type Kind = (Soort, &'static str, &'static str, fn(&mut Random, &Maat) -> Value);

/// All of them, the three that make actoren first.
const ALLE: [Kind; SOORTEN] = [
    (Soort::RegistreerMedewerker, "/medewerkers", "", medewerker),
    (Soort::RegistreerOrganisatorischeEenheid, "/organisatorische-eenheden", "", eenheid),
    (Soort::RegistreerGeautomatiseerdeActor, "/geautomatiseerde-actoren", "", systeem),
    (Soort::RegistreerPersoon, "/personen", "", persoon),
    (Soort::RegistreerOrganisatie, "/organisaties", "", organisatie),
    (Soort::RegistreerContactpersoon, "/contactpersonen", "", contactpersoon),
    (Soort::RegistreerKlantcontact, "/klantcontacten", "", klantcontact),
    (
        Soort::RegistreerBinnenkomendTelefoongesprek,
        "/binnenkomende-telefoongesprekken",
        "",
        gesprek,
    ),
    (Soort::RegistreerKeukentafelgesprek, "/keukentafelgesprekken", "", gesprek),
    (Soort::WijzigPersoon, "/personen/{id}/wijzigingen", "/personen", wijziging),
    (Soort::DeactiveerPartij, "/partijen/{id}/deactiveringen", "/personen", niets),
    (Soort::VulKlantcontactAan, "/klantcontacten/{id}/aanvullingen", "klantcontact", aanvulling),
    (Soort::CorrigeerKlantcontact, "/klantcontacten/{id}/correcties", "klantcontact", correctie),
    (Soort::WijsInterneTaakToe, "/interne-taken/{id}/toewijzingen", "interneTaak", toewijzing),
    (Soort::CorrigeerInterneTaak, "/interne-taken/{id}/correcties", "interneTaak", toelichting),
    (
        Soort::MarkeerInterneTaakVerwerkt,
        "/interne-taken/{id}/afhandelingen",
        "interneTaak",
        afhandeling,
    ),
    (Soort::HeropenInterneTaak, "/interne-taken/{id}/heropeningen", "interneTaak", heropening),
];

/// Objects that are there, in the order in which they came.
#[derive(Debug, Default)]
pub struct Bekend(Vec<(String, Uuid)>);

impl Bekend {
    /// Adds what a handeling registered; what it changed is there already. Partijen and actoren are
    /// known by the path that registered them: an answer does not tell of which kind they are.
    pub fn voeg(&mut self, zet: &Zet, objecten: Vec<(String, Uuid)>) {
        for (soort, id) in objecten {
            if self.0.iter().all(|(_, known)| *known != id) {
                let by_path = matches!(soort.as_str(), "actor" | "partij");
                self.0.push((if by_path { zet.pad.to_owned() } else { soort }, id));
            }
        }
    }

    fn of(&self, soort: &str) -> impl Iterator<Item = Uuid> {
        self.0.iter().filter(move |(own, _)| own == soort).map(|(_, id)| *id)
    }

    fn nth(&self, soort: &str, place: usize) -> Uuid {
        self.of(soort).nth(place).unwrap_or_else(|| panic!("no {soort} {place}"))
    }
}

/// How many of each kind of object there are, and the number of the handeling.
struct Maat<'b> {
    bekend: &'b Bekend,
    step: usize,
}

impl Maat<'_> {
    /// A reference to one of the objects of a kind, when there is one.
    fn een(&self, random: &mut Random, soort: &str) -> Option<Value> {
        let count = u32::try_from(self.bekend.of(soort).count()).expect("few");
        (count > 0).then(|| json!(format!("@{soort} {}", random.below(count))))
    }
}

/// A handeling, with references in the place of keys: `@klantcontact 3` is the fourth of them.
#[derive(Debug)]
pub struct Zet {
    /// Which.
    pub soort: Soort,
    /// Where it is over HTTP.
    pub pad: &'static str,
    /// How long after the one before.
    pub na: TimeDelta,
    object: Option<Value>,
    invoer: Value,
}

impl Zet {
    /// A random handeling on what is there.
    pub fn next(random: &mut Random, step: usize, bekend: &Bekend) -> Self {
        let maat = Maat { bekend, step };
        loop {
            // There is an actor of each kind, and a persoon, before anything else.
            let place = if step < 4 { step } else { random.below(17) as usize };
            let (soort, pad, names, make) = ALLE[place];
            let object = maat.een(random, names);
            if !names.is_empty() && object.is_none() {
                continue;
            }
            let invoer = make(random, &maat);
            if !invoer.is_null() {
                let na = TimeDelta::seconds(i64::from(random.below(9_000)));
                return Self { soort, pad, na, object, invoer };
            }
        }
    }

    /// The object of the path, and the request, with the keys of one side.
    pub fn invoer(&self, bekend: &Bekend) -> (Option<Uuid>, Value) {
        let id = self.object.as_ref().map(|object| resolved(object, bekend));
        let id = id.map(|id| id.as_str().expect("a key").parse().expect("a UUID"));
        (id, resolved(&self.invoer, bekend))
    }
}

fn resolved(value: &Value, bekend: &Bekend) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix('@').and_then(|ref_| ref_.split_once(' ')) {
            Some((soort, place)) => json!(bekend.nth(soort, place.parse().expect("a place"))),
            None => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| resolved(item, bekend)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(name, item)| (name.clone(), resolved(item, bekend)));
            Value::Object(fields.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}

fn key(soort: &str, sleutel: &str, object_id: String, register: &str) -> Value {
    json!({ "codeObjecttype": soort, "codeSoortObjectId": sleutel, "objectId": object_id,
            "codeRegister": register })
}

fn adressen(random: &mut Random, maat: &Maat<'_>) -> Value {
    let mail = json!({ "soortDigitaalAdres": "email", "omschrijving": "privé",
        "adres": format!("a{}@example.nl", maat.step), "isStandaardAdres": random.chance(50) });
    let phone = json!({ "soortDigitaalAdres": "telefoonnummer", "adres": "0600000001" });
    match random.below(3) {
        0 => json!([]),
        1 => json!([mail]),
        _ => json!([phone, mail]),
    }
}

fn naam(random: &mut Random) -> Value {
    json!({ "voornaam": "Jo", "voorletters": "J.",
            "achternaam": random.pick(&["Bos", "Öztürk", "De \"Vries\"", "O'Neill\\"]) })
}

fn medewerker(random: &mut Random, maat: &Maat<'_>) -> Value {
    json!({ "naam": format!("Sanne {}", maat.step), "functie": random.pick(&["KCC", "Wmo"]),
            "telefoonnummer": "0999001099" })
}

fn eenheid(_: &mut Random, maat: &Maat<'_>) -> Value {
    json!({ "naam": format!("Team {}", maat.step), "omschrijving": "Burgerzaken" })
}

fn systeem(_: &mut Random, maat: &Maat<'_>) -> Value {
    json!({ "naam": format!("Systeem {}", maat.step), "functie": "formulieren" })
}

fn persoon(random: &mut Random, maat: &Maat<'_>) -> Value {
    let adressen = adressen(random, maat);
    let mut invoer = json!({ "contactnaam": naam(random),
        "indicatieGeheimhouding": random.chance(10) });
    if random.chance(50) && adressen.as_array().is_some_and(|all| !all.is_empty()) {
        invoer["voorkeursDigitaalAdres"] = json!(0);
    }
    invoer["digitaleAdressen"] = adressen;
    if random.chance(70) {
        // Now and then a key that another has already.
        let number = random.below(200);
        let bsn = key("natuurlijk_persoon", "bsn", bsn(number), "brp");
        invoer["partijIdentificatoren"] = json!([{ "partijIdentificator": bsn }]);
    }
    if random.chance(30) {
        invoer["bezoekadres"] = json!({ "straatnaam": "Dorpsstraat", "huisnummer": 1,
            "postcode": "1999 AA", "stad": "Voorbeeldstad" });
    }
    invoer
}

/// One of the burgerservicenummers from 900000000 on that pass the elfproef.
fn bsn(number: u32) -> String {
    let passes = |bsn: &u32| {
        let sum: u32 = (1..=8).map(|place| bsn / 10_u32.pow(place) % 10 * (place + 1)).sum();
        sum % 11 == bsn % 10
    };
    let found = (900_000_000_u32..).filter(passes).nth(number as usize);
    found.expect("a number").to_string()
}

fn organisatie(random: &mut Random, maat: &Maat<'_>) -> Value {
    let kvk = key("niet_natuurlijk_persoon", "kvk_nummer", format!("90{:06}", maat.step), "hr");
    json!({ "naam": format!("Bakkerij {}", maat.step), "digitaleAdressen": adressen(random, maat),
            "partijIdentificatoren": [{ "partijIdentificator": kvk }] })
}

fn contactpersoon(random: &mut Random, maat: &Maat<'_>) -> Value {
    match maat.een(random, "/organisaties") {
        None => Value::Null,
        Some(werkgever) => json!({ "contactnaam": naam(random), "werkteVoorPartij": werkgever }),
    }
}

/// What every form of a klantcontact has.
fn gesprek(random: &mut Random, maat: &Maat<'_>) -> Value {
    let klant = match maat.een(random, "/personen").filter(|_| random.chance(70)) {
        Some(partij) => json!({ "rol": "klant", "initiator": true, "wasPartij": partij }),
        None => json!({ "rol": "klant", "initiator": true, "contactnaam": naam(random),
                        "digitaleAdressen": adressen(random, maat) }),
    };
    let mut invoer = json!({ "onderwerp": format!("Vraag {}", maat.step), "inhoud": "Hoe laat?",
        "vertrouwelijk": random.chance(20), "betrokkenen": [klant],
        "actoren": [maat.een(random, "/medewerkers")] });
    if random.chance(40) {
        let zaak = key("zaak", "zaakidentificatie", format!("ZAAK-{}", random.below(20)), "zaken");
        let zaak = json!({ "onderwerpobjectidentificator": zaak });
        invoer["onderwerpobjecten"] = match maat.een(random, "klantcontact") {
            Some(eerder) => json!([zaak, { "onderwerpWasKlantcontact": eerder }]),
            None => json!([zaak]),
        };
    }
    if random.chance(30) {
        let bijlage = key("informatieobject", "informatieobjectidentificatie", "D-1".into(), "d");
        invoer["bijlagen"] = json!([{ "bijlageidentificator": bijlage }]);
    }
    if random.chance(50) {
        let team = maat.een(random, "/organisatorische-eenheden");
        invoer["interneTaken"] = json!([{ "gevraagdeHandeling": "Bel terug",
            "toegewezenAanActoren": [team] }]);
    }
    invoer
}

fn klantcontact(random: &mut Random, maat: &Maat<'_>) -> Value {
    let mut invoer = gesprek(random, maat);
    // Now and then a channel that is none, which is refused.
    invoer["kanaal"] = json!(random.pick(&["email", "balie", "telefoon", "post", "postduif"]));
    invoer["indicatieContactGelukt"] = json!("ja");
    if random.chance(30) {
        invoer["metadata"] = json!({ "gespreksduur": random.below(900).to_string() });
    }
    invoer
}

fn wijziging(random: &mut Random, _: &Maat<'_>) -> Value {
    match random.below(3) {
        0 => json!({ "contactnaam": naam(random) }),
        1 => json!({ "voorkeurstaal": random.pick(&["eng", "pol"]) }),
        _ => json!({ "interneNotitie": null, "indicatieGeheimhouding": random.chance(50) }),
    }
}

fn niets(_: &mut Random, _: &Maat<'_>) -> Value {
    json!({})
}

fn aanvulling(_: &mut Random, _: &Maat<'_>) -> Value {
    json!({ "aanvulling": "De klant belt terug." })
}

fn correctie(random: &mut Random, _: &Maat<'_>) -> Value {
    let onderwerp = random.pick(&["Paspoort", "Rijbewijs"]);
    json!({ "reden": "Verkeerd gekozen", "onderwerp": onderwerp, "inhoud": null })
}

fn toewijzing(random: &mut Random, maat: &Maat<'_>) -> Value {
    let team = maat.een(random, "/organisatorische-eenheden");
    json!({ "toegewezenAanActoren": [maat.een(random, "/medewerkers"), team] })
}

fn toelichting(random: &mut Random, _: &Maat<'_>) -> Value {
    json!({ "toelichting": random.pick(&["Graag vandaag.", "Na 15.00 uur."]) })
}

fn afhandeling(random: &mut Random, maat: &Maat<'_>) -> Value {
    let mut invoer = json!({ "afsluittoelichting": "Gebeld." });
    if random.chance(30) {
        invoer["klantcontact"] = json!(maat.een(random, "klantcontact"));
    }
    if random.chance(30) {
        invoer["zaak"] = key("zaak", "zaakidentificatie", format!("ZAAK-{}", maat.step), "zaken");
    }
    invoer
}

fn heropening(_: &mut Random, _: &Maat<'_>) -> Value {
    json!({ "reden": "Het is niet opgelost." })
}
