//! What is asked: whole screens, as an application would ask them.

use access::Rol;
use axum::body::Bytes;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool};

use super::ReadError;

/// Objects that are asked for in turns.
const SAMPLE: i64 = 400;

/// A screen that is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scherm {
    /// A klant with 20 contacts, contactverzoeken and addresses.
    Klantbeeld,
    /// The 50 most urgent contactverzoeken of a team.
    Werkvoorraad,
    /// The 20 newest contacts about a zaak.
    ZaakContacthistorie,
    /// The 20 newest gesprekken of a burger.
    MijnGesprekken,
    /// The klanten with a name and a postcode.
    ZoekNaam,
    /// The klanten with a telephone number.
    ZoekTelefoon,
    /// The klanten with an e-mail address.
    ZoekEmail,
}

impl Scherm {
    pub(super) const ALL: [Self; 7] = [
        Self::Klantbeeld,
        Self::Werkvoorraad,
        Self::ZaakContacthistorie,
        Self::MijnGesprekken,
        Self::ZoekNaam,
        Self::ZoekTelefoon,
        Self::ZoekEmail,
    ];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Klantbeeld => "klantbeeld",
            Self::Werkvoorraad => "werkvoorraad",
            Self::ZaakContacthistorie => "zaakContacthistorie",
            Self::MijnGesprekken => "mijnGesprekken",
            Self::ZoekNaam => "klantZoeken: naam en postcode",
            Self::ZoekTelefoon => "klantZoeken: telefoon",
            Self::ZoekEmail => "klantZoeken: e-mail",
        }
    }

    /// What the floor calls it.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Klantbeeld
            | Self::Werkvoorraad
            | Self::ZaakContacthistorie
            | Self::MijnGesprekken => self.name(),
            Self::ZoekNaam | Self::ZoekTelefoon | Self::ZoekEmail => "klantZoeken",
        }
    }

    /// The document.
    pub(super) const fn document(self) -> &'static str {
        match self {
            Self::Klantbeeld => KLANTBEELD,
            Self::Werkvoorraad => WERKVOORRAAD,
            Self::ZaakContacthistorie => ZAAK,
            Self::MijnGesprekken => GESPREKKEN,
            Self::ZoekNaam | Self::ZoekTelefoon | Self::ZoekEmail => ZOEKEN,
        }
    }

    /// Objects to ask for, such as the screen is made for.
    const fn keys(self) -> &'static str {
        match self {
            Self::Klantbeeld => {
                "SELECT partij_id::text FROM read_side.klanten
                 WHERE aantal_contacten BETWEEN 15 AND 40 AND aantal_vertrouwelijk = 0
                 ORDER BY md5(partij_id::text) LIMIT $1"
            }
            Self::Werkvoorraad => {
                "SELECT actor::text FROM read_side.taken, unnest(actoren) AS actor
                 WHERE open GROUP BY actor
                 ORDER BY least(count(*), 50) DESC, count(*), actor LIMIT least($1, 5)"
            }
            Self::ZaakContacthistorie => {
                "SELECT zaak FROM read_side.zaak_contacten WHERE NOT vertrouwelijk
                 GROUP BY zaak ORDER BY count(*) DESC, zaak LIMIT $1"
            }
            Self::MijnGesprekken => {
                "SELECT bsn FROM read_side.klanten
                 WHERE aantal_contacten BETWEEN 15 AND 40 AND aantal_vertrouwelijk = 0
                   AND bsn IS NOT NULL
                   AND partij_id = (SELECT eerste.partij_id FROM read_side.klanten eerste
                                    WHERE eerste.bsn = klanten.bsn
                                    ORDER BY eerste.partij_id LIMIT 1)
                 ORDER BY md5(partij_id::text) LIMIT least($1, 1)"
            }
            Self::ZoekNaam => {
                "SELECT soort || '|' || waarde || '|' || split_part(naam, ' ', 2)
                 FROM read_side.klant_ingangen
                 WHERE soort = 'postcode' AND length(split_part(naam, ' ', 2)) > 2
                 ORDER BY md5(partij_id::text) LIMIT $1"
            }
            Self::ZoekTelefoon => {
                "SELECT soort || '|' || waarde || '|' FROM read_side.klant_ingangen
                 WHERE soort = 'telefoon' ORDER BY md5(partij_id::text) LIMIT $1"
            }
            Self::ZoekEmail => {
                "SELECT soort || '|' || waarde || '|' FROM read_side.klant_ingangen
                 WHERE soort = 'email' ORDER BY md5(partij_id::text) LIMIT $1"
            }
        }
    }

    /// The keys of objects to ask for.
    pub(super) async fn sample(self, pool: &PgPool) -> Result<Vec<String>, ReadError> {
        let sql = AssertSqlSafe(self.keys().to_owned());
        let keys: Vec<String> = sqlx::query_scalar(sql).bind(SAMPLE).fetch_all(pool).await?;
        if keys.is_empty() { Err(ReadError::Nothing(self.name())) } else { Ok(keys) }
    }

    /// What is different in each question.
    pub(super) fn variables(self, key: &str) -> Value {
        match self {
            Self::Klantbeeld => json!({ "klant": key }),
            Self::Werkvoorraad => json!({ "team": key }),
            Self::ZaakContacthistorie => json!({ "zaak": key }),
            // Who asks stands in the token.
            Self::MijnGesprekken => json!({}),
            Self::ZoekNaam => {
                let mut parts = key.split('|').skip(1);
                let (postcode, naam) = (parts.next(), parts.next());
                json!({ "zoek": { "naamEnPostcode": { "naam": naam, "postcode": postcode } } })
            }
            Self::ZoekTelefoon => json!({ "zoek": { "telefoon": key.split('|').nth(1) } }),
            Self::ZoekEmail => json!({ "zoek": { "email": key.split('|').nth(1) } }),
        }
    }

    /// What the token says of who asks.
    pub(super) fn claims(self, keys: &[String]) -> Value {
        match self {
            Self::Klantbeeld | Self::ZoekNaam | Self::ZoekTelefoon | Self::ZoekEmail => json!({
                "sub": "kcc", "rollen": [Rol::Kcc.code()], "doelbinding": "klantcontact",
            }),
            Self::Werkvoorraad => json!({
                "sub": "behandelaar", "rollen": [Rol::Behandelaar.code()],
                "doelbinding": "afhandeling", "teams": keys,
            }),
            Self::ZaakContacthistorie => json!({
                "sub": "behandelaar", "rollen": [Rol::Behandelaar.code()],
                "doelbinding": "afhandeling", "zaken": ["*"],
            }),
            Self::MijnGesprekken => json!({
                "sub": "burger", "rollen": [Rol::Burger.code()],
                "klant": { "bsn": keys.first() },
            }),
        }
    }

    /// The bodies that ask for these objects.
    pub(super) fn bodies(self, keys: &[String], question: &Value) -> Vec<Bytes> {
        let body = |key: &String| {
            let mut body = question.clone();
            body["variables"] = self.variables(key);
            Bytes::from(body.to_string())
        };
        keys.iter().map(body).collect()
    }
}

const KLANTBEELD: &str = "query Klantbeeld($klant: ID!) {
  klantbeeld(voor: { klantId: $klant }) {
    klant { klantId klantnummer weergavenaam magBenaderdWorden afgeschermd }
    telefoonnummers { waarde omschrijving isVoorkeur }
    emailadressen { waarde omschrijving isVoorkeur }
    samenvatting { aantalContacten laatsteContactOp openContactverzoeken }
    recenteContacten(first: 20) {
      nodes { contactId nummer op kanaal richting onderwerp samenvatting antwoord medewerker team }
      pageInfo { hasNextPage }
    }
    openContactverzoeken(first: 10) {
      nodes { taakId nummer gevraagdeHandeling onderwerp status streefdatum urgentie
        behandelaars { naam } teams { naam } }
      pageInfo { hasNextPage }
    }
    actualiteit { volledig }
  }
}";

const WERKVOORRAAD: &str = "query Werkvoorraad($team: ID!) {
  werkvoorraad(voor: { teams: [$team] }, first: 50) {
    nodes { taakId nummer gevraagdeHandeling toelichting status toegewezenOp streefdatum urgentie
      klantnaam klantId onderwerp kanaal contactOp telefoon email
      behandelaars { naam } teams { naam } }
    totaal
    pageInfo { hasNextPage }
    actualiteit { volledig }
  }
}";

const ZAAK: &str = "query ZaakContacthistorie($zaak: String!) {
  zaakContacthistorie(zaak: { identificatie: $zaak }, first: 20) {
    nodes { contactId nummer op kanaal richting onderwerp samenvatting antwoord medewerker team
      deelnemers { naam } contactverzoeken { taakId nummer status streefdatum } }
    totaal
    pageInfo { hasNextPage }
  }
}";

const GESPREKKEN: &str = "query MijnGesprekken {
  mijnGesprekken(first: 20) {
    nodes { gesprekId kenmerk onderwerp kanaal gestartOp laatsteBerichtOp status }
    totaal
    pageInfo { hasNextPage }
    actualiteit { volledig }
  }
}";

const ZOEKEN: &str = "query KlantZoeken($zoek: KlantZoekIngang!) {
  klantZoeken(zoek: $zoek) {
    nodes { klantId klantnummer weergavenaam telefoonnummers { waarde omschrijving isVoorkeur }
      emailadressen { waarde omschrijving isVoorkeur } afgeschermd aantalOpenContactverzoeken
      laatsteContactOp }
    meer
  }
}";

/// The klantbeeld of a smaller screen: the 5 newest contacts.
pub(super) const KLANTBEELD_VIJF: &str = "query KlantbeeldVijf($klant: ID!) {
  klantbeeld(voor: { klantId: $klant }) {
    klant { klantId weergavenaam magBenaderdWorden afgeschermd }
    telefoonnummers { waarde isVoorkeur }
    emailadressen { waarde isVoorkeur }
    samenvatting { aantalContacten laatsteContactOp openContactverzoeken }
    recenteContacten(first: 5) {
      nodes { contactId nummer op kanaal richting onderwerp samenvatting medewerker team }
      pageInfo { hasNextPage }
    }
    actualiteit { volledig }
  }
}";

/// A hundred klantbeelden, each of a klant of its own.
pub(super) fn hundred() -> String {
    let (mut variables, mut fields) = (String::new(), String::new());
    for number in 0..100 {
        variables.push_str(&format!("$k{number}: ID! "));
        fields.push_str(&format!(
            "  k{number}: klantbeeld(voor: {{ klantId: $k{number} }}) {{ ...K }}\n"
        ));
    }
    let (_, fragment) = KLANTBEELD_VIJF.split_once("klantId: $klant })").unwrap_or_default();
    let fragment = fragment.trim_end().trim_end_matches('}');
    format!("query Honderd({variables}) {{\n{fields}}}\nfragment K on Klantbeeld{fragment}")
}
