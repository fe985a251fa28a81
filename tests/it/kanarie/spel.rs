//! Handelingen that cause every kind of event, with a canary in every field.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::notificaties::published;
use crate::support::{Answer, App, Persona};

use super::log;

/// A zaak that no klantcontact is about.
const ANDERE_ZAAK: &str = "b8c4d9e0-f5a6-4b8c-9d0e-f1a2b3c4d5e6";
/// A zaak; its key is told, for it names nobody.
const ZAAK: &str = "a7b3c8d9-e4f5-4a7b-8c9d-e0f1a2b3c4d5";

/// The canaries that were given, and the field of each.
#[derive(Debug, Default)]
pub struct Kanaries {
    count: Cell<u32>,
    given: RefCell<BTreeMap<String, String>>,
}

impl Kanaries {
    /// A text for this field that stands nowhere else.
    fn t(&self, veld: &str) -> String {
        self.give(veld, |count| format!("Kanarie{count:03}"))
    }

    /// A number of so many digits.
    fn cijfers(&self, veld: &str, digits: usize) -> String {
        self.give(veld, |count| format!("69{count:0width$}", width = digits - 2))
    }

    /// An e-mail address.
    fn email(&self, veld: &str) -> String {
        self.give(veld, |count| format!("kanarie{count:03}@example.nl"))
    }

    /// A number that is what it must be, such as a burgerservicenummer.
    fn zo(&self, veld: &str, value: &str) -> String {
        self.give(veld, |_| value.to_owned())
    }

    fn give(&self, veld: &str, make: impl Fn(u32) -> String) -> String {
        self.count.set(self.count.get() + 1);
        let value = make(self.count.get());
        let before = self.given.borrow_mut().insert(value.clone(), veld.to_owned());
        assert!(before.is_none(), "{value} was given twice");
        value
    }

    /// The fields that got one.
    pub fn velden(&self) -> BTreeSet<String> {
        self.given.borrow().values().cloned().collect()
    }

    /// Every canary with its field.
    pub fn all(&self) -> BTreeSet<String> {
        self.found(|_| true)
    }

    /// The canaries that stand in a text, with the field of each.
    pub fn in_text(&self, text: &str) -> BTreeSet<String> {
        let text = text.to_lowercase();
        self.found(|value| text.contains(&value.to_lowercase()))
    }

    fn found(&self, is: impl Fn(&str) -> bool) -> BTreeSet<String> {
        let given = self.given.borrow();
        let found = given.iter().filter(|(value, _)| is(value));
        found.map(|(value, veld)| format!("{veld}: {value}")).collect()
    }

    fn naam(&self) -> Value {
        json!({
            "voorletters": self.t("voorletters"), "voornaam": self.t("voornaam"),
            "voorvoegselAchternaam": self.t("voorvoegselAchternaam"),
            "achternaam": self.t("achternaam"),
        })
    }

    /// Two addresses; a huisnummer is too short to be told from other numbers.
    fn adressen(&self) -> [Value; 2] {
        [
            json!({
                "straatnaam": self.t("straatnaam"), "huisnummer": 7,
                "huisnummertoevoeging": self.t("huisnummertoevoeging"),
                "postcode": self.give("postcode", |count| format!("{} ZQ", 6000 + count)),
                "stad": self.t("stad"),
            }),
            json!({ "nummeraanduidingId": self.cijfers("nummeraanduidingId", 16) }),
        ]
    }

    /// An address elsewhere.
    fn buitenland(&self) -> Value {
        json!({
            "adresregel1": self.t("adresregel1"), "adresregel2": self.t("adresregel2"),
            "adresregel3": self.t("adresregel3"), "land": "BE",
        })
    }

    fn email_adres(&self) -> Value {
        json!({
            "soortDigitaalAdres": "email", "adres": self.email("adres"),
            "omschrijving": self.t("omschrijving"), "referentie": self.t("referentie"),
        })
    }

    fn telefoon(&self) -> Value {
        let nummer = self.give("adres", |count| format!("06900{count:05}"));
        json!({ "soortDigitaalAdres": "telefoonnummer", "adres": nummer })
    }

    fn bsn(&self, nummer: &str) -> Value {
        json!({
            "objectId": self.zo("objectId", nummer), "codeObjecttype": "natuurlijk_persoon",
            "codeSoortObjectId": "bsn", "codeRegister": "brp",
        })
    }

    fn rekening(&self, iban: &str) -> Value {
        let bic = self.give("bic", |count| format!("KANANL2A{count:03}"));
        json!({ "iban": self.zo("iban", iban), "bic": bic })
    }

    fn document(&self) -> Value {
        json!({
            "objectId": self.t("objectId"), "codeObjecttype": "informatieobject",
            "codeSoortObjectId": "informatieobjectidentificatie",
            "codeRegister": "documentenregister",
        })
    }

    /// A zaak by the number that people read aloud.
    fn zaaknummer(&self) -> Value {
        json!({
            "objectId": self.t("objectId"), "codeObjecttype": "zaak",
            "codeSoortObjectId": "zaakidentificatie", "codeRegister": "zakenregister",
        })
    }

    /// A number of somebody or something in a register of its own.
    fn elders(&self) -> Value {
        json!({
            "objectId": self.t("objectId"), "codeObjecttype": "overig_object",
            "codeSoortObjectId": "nummer-elders", "codeRegister": "overige-objecten",
        })
    }

    fn taak(&self, actor: Uuid) -> Value {
        json!({
            "gevraagdeHandeling": self.t("gevraagdeHandeling"),
            "toelichting": self.t("toelichting"),
            "referentienummer": self.cijfers("referentienummer", 10),
            "toegewezenAanActoren": [actor],
        })
    }

    fn reden(&self) -> Value {
        json!({ "reden": self.t("reden") })
    }
}

/// The same with more in it.
fn met(mut zo: Value, ook: Value) -> Value {
    let Value::Object(ook) = ook else { panic!("no object: {ook}") };
    zo.as_object_mut().expect("an object").extend(ook);
    zo
}

/// The address as the standard one of its soort.
fn standaard(adres: Value) -> Value {
    met(adres, json!({ "isStandaardAdres": true }))
}

struct Spel<'a> {
    app: &'a App,
    k: Kanaries,
    wie: Persona,
}

/// Causes every kind of event; gives the canaries, and what the log said before and after anything
/// was destroyed.
pub async fn speel(app: &App) -> (Kanaries, Vec<(String, String)>) {
    let k = Kanaries::default();
    let wie = Persona::systeem()
        .claim("sub", json!(k.t("door")))
        .claim("azp", json!(k.t("toepassing")))
        .claim("doelbinding", json!(k.t("doelbinding")));
    let spel = Spel { app, k, wie };
    let [ander, actor] = spel.actoren().await;
    let [jan, piet] = spel.partijen().await;
    spel.partij_onderdelen(jan).await;
    spel.vertegenwoordiging([jan, piet]).await;
    spel.zaaksleutels().await;
    let contact = spel.klantcontact(actor, jan).await;
    spel.klantcontact_onderdelen(contact.id(), ander, piet).await;
    spel.taken(&contact, [ander, actor]).await;
    spel.lijsten(jan).await;
    // Of this one the betrokkene stays, without what one could know it by.
    spel.klantcontact(actor, jan).await;
    // What is destroyed was told before.
    published(app).await;
    let mut said = log(app).await;
    spel.inzage(jan).await;
    spel.vernietigingen(&contact, jan).await;
    said.extend(log(app).await);
    (spel.k, said)
}

impl Spel<'_> {
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_als(&self.wie, path, body).await
    }

    async fn post_als(&self, wie: &Persona, path: &str, body: Value) -> Answer {
        let answer = self.app.try_post_as(wie, path, body).await;
        assert!(answer.status.is_success(), "{path}: {} {:#}", answer.status, answer.body);
        answer
    }

    async fn actoren(&self) -> [Uuid; 2] {
        let k = &self.k;
        let soort = json!({ "code": "nummer-elders", "naam": k.t("naam") });
        self.post("/soorten-extern-id", soort).await;
        let bereikbaar = || {
            let telefoon = k.give("telefoonnummer", |count| format!("06900{count:05}"));
            json!({ "emailadres": k.email("emailadres"), "telefoonnummer": telefoon,
                    "actoridentificator": k.elders() })
        };
        let naam = || json!({ "naam": k.t("naam") });
        let functie = || json!({ "functie": k.t("functie") });
        let omschrijving = || json!({ "omschrijving": k.t("omschrijving") });
        let systeem = || json!({ "actoridentificator": k.elders() });
        let bodies: [(&str, &dyn Fn() -> Value); 3] = [
            ("medewerkers", &|| met(met(naam(), functie()), bereikbaar())),
            ("organisatorische-eenheden", &|| met(met(naam(), omschrijving()), bereikbaar())),
            ("geautomatiseerde-actoren", &|| {
                met(met(naam(), functie()), met(omschrijving(), systeem()))
            }),
        ];
        let mut actoren = [Uuid::nil(); 2];
        for (index, (path, body)) in bodies.into_iter().enumerate() {
            let last = self.post(&format!("/{path}"), body()).await.id();
            self.post(&format!("/{path}/{last}/wijzigingen"), body()).await;
            self.post(&format!("/actoren/{last}/deactiveringen"), json!({})).await;
            self.post(&format!("/actoren/{last}/activeringen"), json!({})).await;
            actoren[index % 2] = last;
        }
        actoren
    }

    async fn partijen(&self) -> [Uuid; 2] {
        let k = &self.k;
        let [straat, bag] = k.adressen();
        let persoon = json!({
            "contactnaam": k.naam(), "bezoekadres": straat, "correspondentieadres": bag,
            "digitaleAdressen": [standaard(k.email_adres()), k.telefoon()],
            "voorkeursDigitaalAdres": 0,
            "rekeningnummers": [k.rekening("NL10KANA0690000001")], "voorkeursRekeningnummer": 0,
            "voorkeurstaal": "nld", "interneNotitie": k.t("interneNotitie"),
        });
        let jan = self.post("/personen", persoon).await.id();
        let nieuw = json!({ "contactnaam": k.naam(), "correspondentieadres": k.buitenland(),
                            "interneNotitie": k.t("interneNotitie") });
        self.post(&format!("/personen/{jan}/wijzigingen"), nieuw).await;

        let hr = |type_, soort, nummer| {
            json!({ "partijIdentificator": { "objectId": nummer, "codeObjecttype": type_,
                    "codeSoortObjectId": soort, "codeRegister": "hr" } })
        };
        let kvk = hr("niet_natuurlijk_persoon", "kvk_nummer", k.cijfers("objectId", 8));
        let vestiging = hr("vestiging", "vestigingsnummer", k.cijfers("objectId", 12));
        let organisatie = json!({ "naam": k.t("naam"), "partijIdentificatoren": [kvk, vestiging],
                                  "interneNotitie": k.t("interneNotitie") });
        let org = self.post("/organisaties", organisatie).await.id();
        let nieuw = json!({ "naam": k.t("naam") });
        self.post(&format!("/organisaties/{org}/wijzigingen"), nieuw).await;

        let piet = json!({ "contactnaam": k.naam(), "werkteVoorPartij": org });
        let piet = self.post("/contactpersonen", piet).await.id();
        let nieuw = json!({ "contactnaam": k.naam() });
        self.post(&format!("/contactpersonen/{piet}/wijzigingen"), nieuw).await;
        [jan, piet]
    }

    async fn partij_onderdelen(&self, jan: Uuid) {
        let k = &self.k;
        self.post(&format!("/partijen/{jan}/deactiveringen"), json!({})).await;
        self.post(&format!("/partijen/{jan}/activeringen"), json!({})).await;

        let bsn = json!({ "partijIdentificator": k.bsn("999990111") });
        let sleutels = format!("/partijen/{jan}/partij-identificatoren");
        let sleutel = self.post(&sleutels, bsn).await.nth("partijIdentificator", 0);
        let nieuw = met(k.reden(), json!({ "partijIdentificator": k.bsn("999990123") }));
        self.post(&format!("/partij-identificatoren/{sleutel}/correcties"), nieuw).await;
        self.post(&format!("/partij-identificatoren/{sleutel}/verwijderingen"), k.reden()).await;

        let adres = standaard(k.email_adres());
        let adres = self.post(&format!("/partijen/{jan}/digitale-adressen"), adres).await;
        let adres = adres.nth("digitaalAdres", 0);
        let gekozen = json!({ "digitaalAdres": adres });
        self.post(&format!("/partijen/{jan}/voorkeurs-digitale-adressen"), gekozen).await;
        let adres = format!("/digitale-adressen/{adres}");
        let nieuw = json!({ "adres": k.email("adres"), "omschrijving": k.t("omschrijving"),
                            "referentie": k.t("referentie") });
        self.post(&format!("{adres}/wijzigingen"), nieuw).await;
        self.post(&format!("{adres}/verificaties"), json!({})).await;
        self.post(&format!("{adres}/verwijderingen"), json!({})).await;

        let rekening = k.rekening("NL80KANA0690000002");
        let rekening = self.post(&format!("/partijen/{jan}/rekeningnummers"), rekening).await;
        let rekening = rekening.nth("rekeningnummer", 0);
        let gekozen = json!({ "rekeningnummer": rekening });
        self.post(&format!("/partijen/{jan}/voorkeursrekeningnummers"), gekozen).await;
        let nieuw = json!({ "rekeningnummer": k.rekening("NL53KANA0690000003") });
        self.post(&format!("/rekeningnummers/{rekening}/wijzigingen"), nieuw).await;
        self.post(&format!("/rekeningnummers/{rekening}/verwijderingen"), json!({})).await;
    }

    async fn vertegenwoordiging(&self, [een, ander]: [Uuid; 2]) {
        let body = json!({ "vertegenwoordigendePartij": ander, "vertegenwoordigdePartij": een });
        let id = self.post("/vertegenwoordigingen", body).await.id();
        self.post(&format!("/vertegenwoordigingen/{id}/beeindigingen"), json!({})).await;
    }

    async fn zaaksleutels(&self) {
        let k = &self.k;
        let body = json!({ "uuid": ANDERE_ZAAK, "identificatie": k.t("identificatie"),
            "codeRegister": "zakenregister" });
        let id = self.post("/zaaksleutels", body).await.id();
        let body = json!({ "identificatie": k.t("identificatie"), "reden": k.t("reden") });
        self.post(&format!("/zaaksleutels/{id}/correcties"), body).await;
    }

    async fn klantcontact(&self, actor: Uuid, jan: Uuid) -> Answer {
        let k = &self.k;
        let [straat, bag] = k.adressen();
        let betrokkene = json!({
            "rol": "klant", "initiator": true, "wasPartij": jan, "contactnaam": k.naam(),
            "organisatienaam": k.t("organisatienaam"), "bezoekadres": straat,
            "correspondentieadres": bag, "digitaleAdressen": [k.email_adres(), k.telefoon()],
        });
        let zaak = json!({ "objectId": ZAAK, "codeObjecttype": "zaak",
            "codeSoortObjectId": "uuid", "codeRegister": "zakenregister" });
        let contact = json!({
            "kanaal": "telefoon", "onderwerp": k.t("onderwerp"), "inhoud": k.t("inhoud"),
            "reactie": k.t("reactie"), "referentienummer": k.cijfers("referentienummer", 10),
            "hoofdOnderwerpType": k.t("hoofdOnderwerpType"),
            "metadata": { k.t("metadata"): k.t("metadata") },
            "actoren": [actor], "betrokkenen": [betrokkene],
            "onderwerpobjecten": [{ "onderwerpobjectidentificator": zaak },
                                  { "onderwerpobjectidentificator": k.zaaknummer() }],
            "bijlagen": [{ "bijlageidentificator": k.document() }],
            "interneTaken": [k.taak(actor), k.taak(actor)],
        });
        self.post("/klantcontacten", contact).await
    }

    async fn klantcontact_onderdelen(&self, contact: Uuid, actor: Uuid, piet: Uuid) {
        let k = &self.k;
        let of = |deel: &str| format!("/klantcontacten/{contact}/{deel}");
        let erbij = json!({ "aanvulling": k.t("aanvulling") });
        self.post(&of("aanvullingen"), erbij).await;
        let nieuw = json!({ "onderwerp": k.t("onderwerp"), "inhoud": k.t("inhoud"),
            "reactie": k.t("reactie"), "referentienummer": k.cijfers("referentienummer", 10),
            "hoofdOnderwerpType": k.t("hoofdOnderwerpType") });
        self.post(&of("correcties"), met(nieuw, k.reden())).await;

        let koppeling = self.post(&of("actorkoppelingen"), json!({ "actor": actor })).await;
        let koppeling = koppeling.nth("actorkoppeling", 0);
        self.post(&format!("/actorkoppelingen/{koppeling}/verwijderingen"), json!({})).await;

        let ander = json!({ "rol": "vertegenwoordiger", "initiator": false, "contactnaam": k.naam(),
                            "digitaleAdressen": [k.telefoon()] });
        let ander = self.post(&of("betrokkenen"), ander).await.nth("betrokkene", 0);
        let ander = format!("/betrokkenen/{ander}");
        let nieuw = json!({ "contactnaam": k.naam(), "organisatienaam": k.t("organisatienaam") });
        self.post(&format!("{ander}/wijzigingen"), nieuw).await;
        self.post(&format!("{ander}/digitale-adressen"), k.email_adres()).await;
        self.post(&format!("{ander}/partijkoppelingen"), json!({ "wasPartij": piet })).await;
        self.post(&format!("{ander}/partijontkoppelingen"), k.reden()).await;
        self.post(&format!("{ander}/verwijderingen"), k.reden()).await;

        let over = json!({ "onderwerpobjectidentificator": k.zaaknummer() });
        let over = self.post(&of("onderwerpobjecten"), over).await.nth("onderwerpobject", 0);
        let nieuw = json!({ "onderwerpobjectidentificator": k.zaaknummer() });
        let nieuw = met(nieuw, k.reden());
        self.post(&format!("/onderwerpobjecten/{over}/correcties"), nieuw).await;
        self.post(&format!("/onderwerpobjecten/{over}/verwijderingen"), json!({})).await;

        let bijlage = json!({ "bijlageidentificator": k.document() });
        let bijlage = self.post(&of("bijlagen"), bijlage).await.nth("bijlage", 0);
        let nieuw = met(k.reden(), json!({ "bijlageidentificator": k.document() }));
        self.post(&format!("/bijlagen/{bijlage}/correcties"), nieuw).await;
        self.post(&format!("/bijlagen/{bijlage}/verwijderingen"), k.reden()).await;
    }

    async fn taken(&self, contact: &Answer, [ander_actor, actor]: [Uuid; 2]) {
        let k = &self.k;
        let path = |index| format!("/interne-taken/{}", contact.nth("interneTaak", index));
        let (een, ander) = (path(0), path(1));
        let aan = json!({ "toegewezenAanActoren": [ander_actor] });
        self.post(&format!("{een}/toewijzingen"), aan).await;
        let nieuw = json!({ "gevraagdeHandeling": k.t("gevraagdeHandeling"),
                            "toelichting": k.t("toelichting") });
        self.post(&format!("{een}/correcties"), nieuw).await;
        let gedaan =
            || json!({ "afsluittoelichting": k.t("afsluittoelichting"), "zaak": k.zaaknummer() });
        self.post(&format!("{een}/afhandelingen"), gedaan()).await;
        self.post(&format!("{een}/heropeningen"), k.reden()).await;
        self.post(&format!("{een}/afhandelingen"), gedaan()).await;
        let door = json!({ "nieuweTaak": k.taak(actor),
                           "afsluittoelichting": k.t("afsluittoelichting") });
        let nieuw = self.post(&format!("{ander}/doorsturingen"), door).await.id();
        self.post(&format!("/interne-taken/{nieuw}/afhandelingen"), json!({})).await;
    }

    async fn lijsten(&self, jan: Uuid) {
        let k = &self.k;
        let categorie = json!({ "code": "ondernemer", "naam": k.t("naam") });
        self.post("/categorieen", categorie).await;
        let waarde = "/categorieen/ondernemer";
        self.post(&format!("{waarde}/correcties"), json!({ "naam": k.t("naam") })).await;
        self.post(&format!("{waarde}/deactiveringen"), json!({})).await;
        self.post(&format!("{waarde}/activeringen"), json!({})).await;
        let land = json!({ "landcode": "ZZ", "landnaam": k.t("landnaam") });
        self.post("/landen", land).await;

        let relatie = json!({ "categorie": "ondernemer" });
        let relatie = self.post(&format!("/partijen/{jan}/categorie-relaties"), relatie).await;
        let relatie = relatie.nth("categorieRelatie", 0);
        self.post(&format!("/categorie-relaties/{relatie}/beeindigingen"), json!({})).await;
    }

    /// An interne taak, then the person (whose betrokkene stays), then the klantcontact.
    async fn vernietigingen(&self, contact: &Answer, jan: Uuid) {
        let taak = contact.nth("interneTaak", 0);
        self.stel_voor("klantcontact", contact.id(), "afwijzingen").await;
        for (soort, path, id) in [
            ("interne_taak", "interne-taken", taak),
            ("partij", "partijen", jan),
            ("klantcontact", "klantcontacten", contact.id()),
        ] {
            let voorstel = self.stel_voor(soort, id, "goedkeuringen").await;
            let derde = self.wie.clone().claim("sub", json!(self.k.t("door")));
            let body = json!({ "voorstel": voorstel });
            self.post_als(&derde, &format!("/{path}/{id}/vernietigingen"), body).await;
        }
    }

    /// Two requests for inzage, of which another approves one.
    async fn inzage(&self, partij: Uuid) {
        let ander = self.wie.clone().claim("sub", json!(self.k.t("door")));
        for oordeel in ["goedkeuringen", "afwijzingen"] {
            let (kenmerk, reden) = (self.k.t("kenmerk"), self.k.t("reden"));
            let body = json!({ "partij": partij, "kenmerk": kenmerk, "reden": reden });
            let verzoek = self.post("/inzageverzoeken", body).await.id();
            self.post_als(&ander, &format!("/inzageverzoeken/{verzoek}/{oordeel}"), json!({}))
                .await;
        }
    }

    /// Proposes to destroy something; another has this opinion of it.
    async fn stel_voor(&self, soort: &str, id: Uuid, oordeel: &str) -> Uuid {
        let (grond, besluit) = (self.k.t("grond"), self.k.t("besluit"));
        let body = json!({ "objectsoort": soort, "objectId": id, "grond": grond,
                           "besluit": besluit });
        let voorstel = self.post("/vernietigingsvoorstellen", body).await.id();
        let ander = self.wie.clone().claim("sub", json!(self.k.t("door")));
        let path = format!("/vernietigingsvoorstellen/{voorstel}/{oordeel}");
        self.post_als(&ander, &path, json!({})).await;
        voorstel
    }
}
