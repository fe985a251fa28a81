//! The screens by the statements of the resolvers.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use clock::{Clock as _, SystemClock};
use read_side::werkdagen::Termijn;
use sqlx::PgPool;
use sqlx::types::Json;
use uuid::Uuid;

use super::shapes::{
    Actoren, Actualiteit, BerichtIn, Contact, ContactIn, Gesprek, GesprekIn, GesprekkenOut,
    Gevonden, GevondenKlant, Klant, KlantIn, Klantbeeld, KlantbeeldOut, Lijst, Naam, PageInfo,
    Samenvatting, TaakIn, Vervolg, Verzoek, VerzoekIn, Vraag, WerkvoorraadOut, ZaakOut, ZoekenOut,
};

pub(super) static TERMIJN: LazyLock<Termijn> = LazyLock::new(Termijn::default);
/// How far a product may be behind and still be complete.
const ACHTERSTAND: TimeDelta = TimeDelta::seconds(5);

type KlantRow =
    (Uuid, String, i32, Option<DateTime<Utc>>, i32, Json<KlantIn>, Json<Vec<VerzoekIn>>);

type GevondenRow = (Uuid, String, Option<DateTime<Utc>>, i32, Json<KlantIn>);

/// One klant with its newest contacts.
pub(super) async fn klantbeeld(pool: &PgPool, key: &str) -> sqlx::Result<KlantbeeldOut> {
    let sql = "SELECT partij_id, nummer, aantal_contacten, laatste_contact_op,
                      aantal_open_contactverzoeken, document, open_contactverzoeken
               FROM read_side.klanten WHERE partij_id = $1";
    let id = parse(key);
    let found: Option<KlantRow> = sqlx::query_as(sql).bind(id).fetch_optional(pool).await?;
    let Some((id, nummer, aantal, laatste, open, Json(document), Json(verzoeken))) = found else {
        return Ok(KlantbeeldOut { klantbeeld: None });
    };
    let sql = "SELECT document FROM read_side.klant_contacten WHERE partij_id = $1
               ORDER BY op DESC, klantcontact_id DESC LIMIT 21";
    let contacten: Vec<Json<ContactIn>> = sqlx::query_scalar(sql).bind(id).fetch_all(pool).await?;
    let contacten: Vec<ContactIn> = contacten.into_iter().map(|contact| contact.0).collect();
    let ids = ids(&contacten, &verzoeken);
    let actoren = actoren(pool, &ids).await?;
    let now = SystemClock.now();
    let verzoeken = verzoeken.into_iter().map(|one| verzoek(one, &actoren, now, false)).collect();
    let mut lijst = page(verzoeken, 10);
    lijst.page_info.has_next_page = open > 10;
    Ok(KlantbeeldOut {
        klantbeeld: Some(Klantbeeld {
            klant: Klant {
                klant_id: id,
                klantnummer: nummer,
                weergavenaam: document.weergavenaam,
                mag_benaderd_worden: document.mag_benaderd_worden,
                afgeschermd: document.afgeschermd,
            },
            telefoonnummers: document.telefoonnummers,
            emailadressen: document.emailadressen,
            samenvatting: Samenvatting {
                aantal_contacten: aantal,
                laatste_contact_op: laatste,
                open_contactverzoeken: open,
            },
            recente_contacten: page(
                contacten.into_iter().map(|one| contact(one, &actoren)).collect(),
                20,
            ),
            open_contactverzoeken: lijst,
            actualiteit: actualiteit(pool, "klantbeeld").await?,
        }),
    })
}

/// The most urgent contactverzoeken of a team.
pub(super) async fn werkvoorraad(pool: &PgPool, key: &str) -> sqlx::Result<WerkvoorraadOut> {
    let team = vec![parse(key)];
    let sql = "SELECT document FROM read_side.taken WHERE actoren && $1 AND open
               ORDER BY streefdatum, taak_id LIMIT 51";
    let rows: Vec<Json<VerzoekIn>> = sqlx::query_scalar(sql).bind(&team).fetch_all(pool).await?;
    let verzoeken: Vec<VerzoekIn> = rows.into_iter().map(|row| row.0).collect();
    let sql = "SELECT count(*) FROM read_side.taken WHERE actoren && $1 AND open";
    let totaal: i64 = sqlx::query_scalar(sql).bind(&team).fetch_one(pool).await?;
    let actoren = actoren(pool, &ids(&[], &verzoeken)).await?;
    let now = SystemClock.now();
    let rows = verzoeken.into_iter().map(|one| verzoek(one, &actoren, now, true)).collect();
    let mut lijst = page(rows, 50);
    lijst.totaal = Some(totaal);
    lijst.actualiteit = Some(actualiteit(pool, "werkvoorraad").await?);
    Ok(WerkvoorraadOut { werkvoorraad: lijst })
}

/// The newest contacts about a zaak.
pub(super) async fn zaak(pool: &PgPool, key: &str) -> sqlx::Result<ZaakOut> {
    let sql = "SELECT uuid, nummer FROM read_side.zaken WHERE uuid = $1 OR nummer = $1";
    let known: Option<(String, String)> =
        sqlx::query_as(sql).bind(key).fetch_optional(pool).await?;
    let zaken = known.map_or_else(|| vec![key.to_owned()], |(uuid, nummer)| vec![uuid, nummer]);
    let sql = "SELECT document FROM read_side.zaak_contacten WHERE zaak = ANY($1)
               ORDER BY op DESC, klantcontact_id DESC LIMIT 21";
    let rows: Vec<Json<ContactIn>> = sqlx::query_scalar(sql).bind(&zaken).fetch_all(pool).await?;
    let contacten: Vec<ContactIn> = rows.into_iter().map(|row| row.0).collect();
    let sql = "SELECT count(*) FROM read_side.zaak_contacten WHERE zaak = ANY($1)";
    let totaal: i64 = sqlx::query_scalar(sql).bind(&zaken).fetch_one(pool).await?;
    let actoren = actoren(pool, &ids(&contacten, &[])).await?;
    let named = contacten.iter().flat_map(|contact| &contact.deelnemers);
    let partijen: Vec<Uuid> = named.filter_map(|deelnemer| deelnemer.partij_id).collect();
    let sql = "SELECT partij_id, weergavenaam FROM read_side.klant_namen
               WHERE partij_id = ANY($1)";
    let namen: Vec<(Uuid, Option<String>)> =
        sqlx::query_as(sql).bind(&partijen).fetch_all(pool).await?;
    let naam = |deelnemer: &super::shapes::DeelnemerIn| {
        let own = namen.iter().find(|(id, _)| Some(*id) == deelnemer.partij_id);
        Naam { naam: deelnemer.naam.clone().or_else(|| own.and_then(|(_, naam)| naam.clone())) }
    };
    let row = |mut one: ContactIn| {
        let deelnemers = one.deelnemers.iter().map(naam).collect();
        let taken = std::mem::take(&mut one.contactverzoeken).into_iter().map(vervolg).collect();
        let contact = contact(one, &actoren);
        Contact { deelnemers: Some(deelnemers), contactverzoeken: Some(taken), ..contact }
    };
    let mut lijst = page(contacten.into_iter().map(row).collect(), 20);
    lijst.totaal = Some(totaal);
    Ok(ZaakOut { zaak_contacthistorie: lijst })
}

/// The newest gesprekken of a burger.
pub(super) async fn gesprekken(pool: &PgPool, key: &str) -> sqlx::Result<GesprekkenOut> {
    let sql = "SELECT partij_id FROM read_side.klanten WHERE bsn = $1 ORDER BY partij_id LIMIT 1";
    let klant: Option<Uuid> = sqlx::query_scalar(sql).bind(key).fetch_optional(pool).await?;
    let sql = "SELECT document FROM read_side.gesprekken
               WHERE partij_id = $1 AND 'alleen_eigen' = ANY(vertrouwelijk)
               ORDER BY laatste_bericht_op DESC, gesprek_id DESC LIMIT 21";
    let rows: Vec<Json<GesprekIn>> = sqlx::query_scalar(sql).bind(klant).fetch_all(pool).await?;
    let sql = "SELECT count(*) FROM read_side.gesprekken
               WHERE partij_id = $1 AND 'alleen_eigen' = ANY(vertrouwelijk)";
    let totaal: i64 = sqlx::query_scalar(sql).bind(klant).fetch_one(pool).await?;
    let mut lijst = page(rows.into_iter().map(|row| gesprek(row.0)).collect(), 20);
    lijst.totaal = Some(totaal);
    lijst.actualiteit = Some(actualiteit(pool, "gesprekken").await?);
    Ok(GesprekkenOut { mijn_gesprekken: lijst })
}

/// The klanten with a telephone number, an e-mail address, or a name and a postcode:
/// `soort|waarde|naam`, in the spelling of the table.
pub(super) async fn zoeken(pool: &PgPool, key: &str) -> sqlx::Result<ZoekenOut> {
    let mut parts = key.splitn(3, '|');
    let mut part = || parts.next().unwrap_or_default();
    let (soort, waarde, naam) = (part(), part(), part());
    let sql = "SELECT k.partij_id, k.nummer, k.laatste_contact_op, k.aantal_open_contactverzoeken,
                      k.document
               FROM read_side.klant_ingangen i JOIN read_side.klanten k ON k.partij_id = i.partij_id
               WHERE i.soort = $1 AND i.waarde = $2 AND position($3 IN ' ' || i.naam) > 0
               ORDER BY i.partij_id LIMIT 26";
    let rows: Vec<GevondenRow> = sqlx::query_as(sql)
        .bind(soort)
        .bind(waarde)
        .bind(format!(" {naam}").trim_end())
        .fetch_all(pool)
        .await?;
    let meer = rows.len() > 25;
    Ok(ZoekenOut {
        klant_zoeken: Gevonden { nodes: rows.into_iter().take(25).map(gevonden).collect(), meer },
    })
}

fn gevonden((id, nummer, op, open, Json(document)): GevondenRow) -> GevondenKlant {
    GevondenKlant {
        klant_id: id,
        klantnummer: nummer,
        weergavenaam: document.weergavenaam,
        telefoonnummers: document.telefoonnummers,
        emailadressen: document.emailadressen,
        afgeschermd: document.afgeschermd,
        aantal_open_contactverzoeken: open,
        laatste_contact_op: op,
    }
}

fn gesprek(one: GesprekIn) -> Gesprek {
    let BerichtIn { nummer, onderwerp, kanaal, op } = one.eerste;
    Gesprek {
        gesprek_id: one.gesprek_id,
        kenmerk: nummer,
        onderwerp,
        kanaal,
        gestart_op: op,
        laatste_bericht_op: one.laatste.op,
        status: one.status.to_uppercase(),
    }
}

/// The key of nobody where it is none.
fn parse(key: &str) -> Uuid {
    key.parse().unwrap_or(Uuid::nil())
}

fn page<T>(mut nodes: Vec<T>, first: usize) -> Lijst<T> {
    let has_next_page = nodes.len() > first;
    nodes.truncate(first);
    Lijst { nodes, totaal: None, page_info: PageInfo { has_next_page }, actualiteit: None }
}

fn ids(contacten: &[ContactIn], verzoeken: &[VerzoekIn]) -> Vec<Uuid> {
    let contacten = contacten.iter().flat_map(|contact| &contact.actoren);
    let taken = verzoeken.iter().flat_map(|verzoek| &verzoek.taak.actoren);
    let mut ids: Vec<Uuid> = contacten.chain(taken).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

async fn actoren(pool: &PgPool, ids: &[Uuid]) -> sqlx::Result<Actoren> {
    let sql = "SELECT actor.actor_id, hoofd.soort, hoofd.naam
               FROM read_side.actoren actor JOIN read_side.actoren hoofd
                    ON hoofd.actor_id = actor.hoofd
               WHERE actor.actor_id = ANY($1)";
    let rows: Vec<(Uuid, String, String)> = sqlx::query_as(sql).bind(ids).fetch_all(pool).await?;
    Ok(rows.into_iter().map(|(id, soort, naam)| (id, (soort, naam))).collect())
}

async fn actualiteit(pool: &PgPool, product: &str) -> sqlx::Result<Actualiteit> {
    let sql = "SELECT bijgewerkt_tot, geparkeerd FROM read_side.actualiteit WHERE product = $1";
    let (at, geparkeerd): (DateTime<Utc>, i64) =
        sqlx::query_as(sql).bind(product).fetch_one(pool).await?;
    Ok(Actualiteit { volledig: geparkeerd == 0 && SystemClock.now() - at <= ACHTERSTAND })
}

fn named(ids: &[Uuid], actoren: &Actoren, soort: &str) -> impl Iterator<Item = String> {
    ids.iter()
        .filter_map(|id| actoren.get(id))
        .filter(move |(of, _)| of == soort)
        .map(|(_, naam)| naam.clone())
}

fn contact(one: ContactIn, actoren: &Actoren) -> Contact {
    Contact {
        contact_id: one.klantcontact_id,
        nummer: one.nummer,
        op: one.op,
        kanaal: one.kanaal,
        richting: one.richting.to_uppercase(),
        onderwerp: one.onderwerp,
        samenvatting: one.samenvatting,
        antwoord: one.antwoord,
        medewerker: named(&one.actoren, actoren, "medewerker").next(),
        team: named(&one.actoren, actoren, "organisatorische_eenheid").next(),
        deelnemers: None,
        contactverzoeken: None,
    }
}

fn vervolg(taak: TaakIn) -> Vervolg {
    Vervolg {
        taak_id: taak.taak_id,
        nummer: taak.nummer,
        status: if taak.open { "OPEN" } else { "AFGEROND" },
        streefdatum: taak.streefdatum,
    }
}

fn verzoek(one: VerzoekIn, actoren: &Actoren, now: DateTime<Utc>, list: bool) -> Verzoek {
    let TaakIn { taak_id, nummer, gevraagde_handeling, toelichting, open, .. } = one.taak;
    let urgentie = one.taak.streefdatum.map(|at| match at {
        at if at < now => "VERLOPEN",
        at if at < TERMIJN.dringend_tot(now) => "DRINGEND",
        _ => "NORMAAL",
    });
    let all = |soort| named(&one.taak.actoren, actoren, soort);
    let vraag = Vraag {
        toelichting,
        toegewezen_op: one.taak.toegewezen_op,
        klantnaam: one.klantnaam,
        klant_id: one.klant_id,
        kanaal: one.kanaal,
        contact_op: one.contact_op,
        telefoon: one.telefoon,
        email: one.email,
    };
    Verzoek {
        taak_id,
        nummer,
        gevraagde_handeling,
        status: if open { "OPEN" } else { "AFGEROND" },
        streefdatum: one.taak.streefdatum,
        urgentie: urgentie.filter(|_| open),
        onderwerp: one.onderwerp,
        behandelaars: all("medewerker").map(|naam| Naam { naam: Some(naam) }).collect(),
        teams: all("organisatorische_eenheid").map(|naam| Naam { naam: Some(naam) }).collect(),
        vraag: list.then_some(vraag),
    }
}
