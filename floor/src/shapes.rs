//! What the floor reads of rows, and what it answers: no more than the screens show.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

/// Names of actoren and whether each is a team or a medewerker.
pub(super) type Actoren = HashMap<Uuid, (String, String)>;

/// A moment as the service writes it.
pub(super) fn moment<S: Serializer>(at: &DateTime<Utc>, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}

/// The same where there may be none.
pub(super) fn maybe<S: Serializer>(at: &Option<DateTime<Utc>>, to: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => moment(at, to),
        None => to.serialize_none(),
    }
}

#[derive(Deserialize)]
pub(super) struct KlantIn {
    pub(super) weergavenaam: Option<String>,
    pub(super) telefoonnummers: Vec<AdresIn>,
    pub(super) emailadressen: Vec<AdresIn>,
    pub(super) mag_benaderd_worden: bool,
    pub(super) afgeschermd: bool,
}

#[derive(Deserialize, Serialize)]
pub(super) struct AdresIn {
    pub(super) waarde: String,
    pub(super) omschrijving: Option<String>,
    #[serde(rename(serialize = "isVoorkeur"))]
    pub(super) is_voorkeur: bool,
}

#[derive(Deserialize)]
pub(super) struct ContactIn {
    pub(super) klantcontact_id: Uuid,
    pub(super) nummer: String,
    pub(super) op: DateTime<Utc>,
    pub(super) kanaal: String,
    pub(super) richting: String,
    pub(super) onderwerp: String,
    pub(super) samenvatting: Option<String>,
    pub(super) antwoord: Option<String>,
    pub(super) actoren: Vec<Uuid>,
    pub(super) deelnemers: Vec<DeelnemerIn>,
    pub(super) contactverzoeken: Vec<TaakIn>,
}

#[derive(Deserialize)]
pub(super) struct DeelnemerIn {
    pub(super) partij_id: Option<Uuid>,
    pub(super) naam: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct TaakIn {
    pub(super) taak_id: Uuid,
    pub(super) nummer: String,
    pub(super) gevraagde_handeling: String,
    pub(super) toelichting: Option<String>,
    pub(super) open: bool,
    pub(super) toegewezen_op: DateTime<Utc>,
    pub(super) streefdatum: Option<DateTime<Utc>>,
    pub(super) actoren: Vec<Uuid>,
}

#[derive(Deserialize)]
pub(super) struct VerzoekIn {
    pub(super) taak: TaakIn,
    pub(super) onderwerp: Option<String>,
    pub(super) kanaal: Option<String>,
    pub(super) contact_op: Option<DateTime<Utc>>,
    pub(super) klant_id: Option<Uuid>,
    pub(super) klantnaam: Option<String>,
    pub(super) telefoon: Option<String>,
    pub(super) email: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct GesprekIn {
    pub(super) gesprek_id: Uuid,
    pub(super) status: String,
    pub(super) eerste: BerichtIn,
    pub(super) laatste: LaatsteIn,
}

#[derive(Deserialize)]
pub(super) struct BerichtIn {
    pub(super) nummer: String,
    pub(super) onderwerp: String,
    pub(super) kanaal: String,
    pub(super) op: DateTime<Utc>,
}

#[derive(Deserialize)]
pub(super) struct LaatsteIn {
    pub(super) op: DateTime<Utc>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct KlantbeeldOut {
    pub(super) klantbeeld: Option<Klantbeeld>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Klantbeeld {
    pub(super) klant: Klant,
    pub(super) telefoonnummers: Vec<AdresIn>,
    pub(super) emailadressen: Vec<AdresIn>,
    pub(super) samenvatting: Samenvatting,
    pub(super) recente_contacten: Lijst<Contact>,
    pub(super) open_contactverzoeken: Lijst<Verzoek>,
    pub(super) actualiteit: Actualiteit,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Klant {
    pub(super) klant_id: Uuid,
    pub(super) klantnummer: String,
    pub(super) weergavenaam: Option<String>,
    pub(super) mag_benaderd_worden: bool,
    pub(super) afgeschermd: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Samenvatting {
    pub(super) aantal_contacten: i32,
    #[serde(serialize_with = "maybe")]
    pub(super) laatste_contact_op: Option<DateTime<Utc>>,
    pub(super) open_contactverzoeken: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Lijst<T> {
    pub(super) nodes: Vec<T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) totaal: Option<i64>,
    pub(super) page_info: PageInfo,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) actualiteit: Option<Actualiteit>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageInfo {
    pub(super) has_next_page: bool,
}

#[derive(Serialize)]
pub(super) struct Actualiteit {
    pub(super) volledig: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Contact {
    pub(super) contact_id: Uuid,
    pub(super) nummer: String,
    #[serde(serialize_with = "moment")]
    pub(super) op: DateTime<Utc>,
    pub(super) kanaal: String,
    pub(super) richting: String,
    pub(super) onderwerp: String,
    pub(super) samenvatting: Option<String>,
    pub(super) antwoord: Option<String>,
    pub(super) medewerker: Option<String>,
    pub(super) team: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) deelnemers: Option<Vec<Naam>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) contactverzoeken: Option<Vec<Vervolg>>,
}

#[derive(Serialize)]
pub(super) struct Naam {
    pub(super) naam: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vervolg {
    pub(super) taak_id: Uuid,
    pub(super) nummer: String,
    pub(super) status: &'static str,
    #[serde(serialize_with = "maybe")]
    pub(super) streefdatum: Option<DateTime<Utc>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Verzoek {
    pub(super) taak_id: Uuid,
    pub(super) nummer: String,
    pub(super) gevraagde_handeling: String,
    pub(super) status: &'static str,
    #[serde(serialize_with = "maybe")]
    pub(super) streefdatum: Option<DateTime<Utc>>,
    pub(super) urgentie: Option<&'static str>,
    pub(super) onderwerp: Option<String>,
    pub(super) behandelaars: Vec<Naam>,
    pub(super) teams: Vec<Naam>,
    #[serde(flatten)]
    pub(super) vraag: Option<Vraag>,
}

/// What a work list shows besides.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Vraag {
    pub(super) toelichting: Option<String>,
    #[serde(serialize_with = "moment")]
    pub(super) toegewezen_op: DateTime<Utc>,
    pub(super) klantnaam: Option<String>,
    pub(super) klant_id: Option<Uuid>,
    pub(super) kanaal: Option<String>,
    #[serde(serialize_with = "maybe")]
    pub(super) contact_op: Option<DateTime<Utc>>,
    pub(super) telefoon: Option<String>,
    pub(super) email: Option<String>,
}

#[derive(Serialize)]
pub(super) struct WerkvoorraadOut {
    pub(super) werkvoorraad: Lijst<Verzoek>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ZaakOut {
    pub(super) zaak_contacthistorie: Lijst<Contact>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GesprekkenOut {
    pub(super) mijn_gesprekken: Lijst<Gesprek>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Gesprek {
    pub(super) gesprek_id: Uuid,
    pub(super) kenmerk: String,
    pub(super) onderwerp: String,
    pub(super) kanaal: String,
    #[serde(serialize_with = "moment")]
    pub(super) gestart_op: DateTime<Utc>,
    #[serde(serialize_with = "moment")]
    pub(super) laatste_bericht_op: DateTime<Utc>,
    pub(super) status: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ZoekenOut {
    pub(super) klant_zoeken: Gevonden,
}

#[derive(Serialize)]
pub(super) struct Gevonden {
    pub(super) nodes: Vec<GevondenKlant>,
    pub(super) meer: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GevondenKlant {
    pub(super) klant_id: Uuid,
    pub(super) klantnummer: String,
    pub(super) weergavenaam: Option<String>,
    pub(super) telefoonnummers: Vec<AdresIn>,
    pub(super) emailadressen: Vec<AdresIn>,
    pub(super) afgeschermd: bool,
    pub(super) aantal_open_contactverzoeken: i32,
    #[serde(serialize_with = "maybe")]
    pub(super) laatste_contact_op: Option<DateTime<Utc>>,
}
