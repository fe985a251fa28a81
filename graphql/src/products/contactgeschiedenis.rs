//! Contactgeschiedenis: which contacts, by which channel, about what?

use std::borrow::Cow;

use access::{Identity, Rol};
use async_graphql::{Context, ID, InputObject, Object, Result};
use read_side::Reader;
use read_side::contactgeschiedenis::{self, ContactFilter};
use read_side::klantbeeld::{self, KlantKey};
use read_side::{Page, PageRequest};
use uuid::Uuid;

use crate::connection::{Connection, Lijst, Parts, page_request};
use crate::context::{ContextExt, Env};
use crate::count::Count;
use crate::eigen;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Publiek, Zicht};
use crate::types::actor::find_team;
use crate::types::contact::Contact;
use crate::types::invoer::{Identificatie, Periode, Volgorde, ZaakRef, parse_id, parse_positie};
use crate::types::minimaal::{self, Objectversie};

const ROLLEN: &[Rol] = &[Rol::Kcc, Rol::Behandelaar, Rol::Burger];
/// Shortest text that can be searched, in characters.
const TEKST_MIN: usize = 3;
/// Longest text that can be searched, in characters.
const TEKST_MAX: usize = 100;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct ContactgeschiedenisQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Welke contacten u wilt zien; aan alles wat u invult moet een contact voldoen.
#[derive(Debug, Default, InputObject)]
pub(crate) struct ContactgeschiedenisFilter {
    /// Contacten in dit tijdvak.
    periode: Option<Periode>,
    /// Contacten langs een van deze kanalen: codes uit de lijst van kanalen.
    kanaal: Option<Vec<String>>,
    /// Contacten met dit team: de teamId uit een ander antwoord.
    team: Option<ID>,
    /// Contacten over deze zaak. Vertrouwelijke contacten die u niet mag inzien, vallen dan weg.
    zaak: Option<ZaakRef>,
    /// Alleen contacten met (true) of zonder (false) contactverzoek.
    met_contactverzoek: Option<bool>,
    /// Contacten met deze tekst in onderwerp of inhoud, 3 tot en met 100 tekens; hoofdletters
    /// tellen niet. Vertrouwelijke contacten die u niet mag inzien, vallen dan weg.
    tekst: Option<String>,
    /// Alleen wat veranderde na deze plaats in de reeks gebeurtenissen: `actualiteit.positie` van een
    /// eerder antwoord. Wat uit de lijst verdween, staat er niet in.
    gewijzigd_sinds: Option<String>,
}

#[Object]
impl ContactgeschiedenisQuery {
    /// De contacten van één klant. Een medewerker noemt de klant; een burger ziet de eigen
    /// contacten, zoals de inlog bepaalt, en noemt niemand. Voor medewerkers van het
    /// klantcontactcentrum, met doelbinding, behandelaars en burgers.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn contactgeschiedenis(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "De klant; verplicht voor medewerkers, niet toegestaan voor burgers.")]
        voor: Option<Identificatie>,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
        #[graphql(desc = "Welke contacten.")] filter: Option<ContactgeschiedenisFilter>,
        #[graphql(desc = "In welke volgorde.", default_with = "Volgorde::NieuwsteEerst")]
        volgorde: Volgorde,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Contact>> {
        let env = ctx.env()?;
        let identity = ctx.identity()?;
        let publiek = policy::admit(identity, ROLLEN)?;
        if publiek != Publiek::Burger {
            policy::require_purpose(identity)?;
        }
        let lijst = lijst(volgorde);
        let request = page_request(&lijst, first, after.as_deref())?;
        minimaal::wait(ctx, (Product::Contactgeschiedenis, publiek.rol()), minimaal).await?;
        let reader = ctx.reader(publiek.rol())?;
        let partij = find_klant((env, &reader), publiek, identity, voor).await?;
        partij.into_iter().for_each(logboek::show);
        let zicht = match (publiek, partij) {
            (Publiek::Burger, Some(partij)) => Zicht::burger(partij, env.settings.vertrouwelijk),
            (Publiek::Burger | Publiek::Kcc | Publiek::Behandelaar, _) => {
                eigen::employee(ctx, publiek).await?
            }
        };
        let filter = read_filter(ctx, filter.unwrap_or_default(), &zicht).await?;
        let (page, count) = match (partij, filter) {
            (Some(partij_id), Some(filter)) => {
                let page = read_page((env, &reader), partij_id, &filter, volgorde, request).await?;
                (page, Count::Contactgeschiedenis(reader, partij_id, filter))
            }
            _ => (Page { rows: Vec::new(), has_next: false }, Count::Known(0)),
        };
        let product = Product::Contactgeschiedenis;
        let parts = Parts { lijst, request, page, count, product };
        Ok(Connection::new(parts, |document| Contact::new(document, zicht.clone())))
    }
}

fn lijst(volgorde: Volgorde) -> Lijst {
    Cow::Borrowed(match volgorde {
        Volgorde::NieuwsteEerst => "contactgeschiedenis:NIEUWSTE_EERST",
        Volgorde::OudsteEerst => "contactgeschiedenis:OUDSTE_EERST",
    })
}

/// The klant whose contacts are asked: a burger is never asked who it is.
async fn find_klant(
    (env, reader): (&Env, &Reader),
    publiek: Publiek,
    identity: &Identity,
    voor: Option<Identificatie>,
) -> Result<Option<Uuid>, ProductError> {
    let key = match (publiek, voor) {
        (Publiek::Burger, Some(_)) => {
            return Err(ProductError::Forbidden {
                detail: "Een burger ziet alleen de eigen contacten: laat voor weg.".to_owned(),
            });
        }
        (Publiek::Burger, None) => policy::own_key(identity)?,
        (_, Some(voor)) => voor.key(),
        (_, None) => {
            return Err(ProductError::invalid("Noem met voor de klant om wie het gaat."));
        }
    };
    if let KlantKey::KlantId(id) = key {
        return Ok(Some(id));
    }
    env.run("contactgeschiedenis: klant", klantbeeld::find_id(reader, &key)).await
}

/// The filter of the read model; `None` = nothing can fit.
async fn read_filter(
    ctx: &Context<'_>,
    filter: ContactgeschiedenisFilter,
    zicht: &Zicht,
) -> Result<Option<ContactFilter>, ProductError> {
    let (vanaf, tot) = Periode::bounds(filter.periode.as_ref())?;
    let tekst = filter.tekst.map(|tekst| check_tekst(&tekst)).transpose()?;
    let zaken = match &filter.zaak {
        Some(zaak) => zaak.all_keys(ctx).await?,
        None => Vec::new(),
    };
    let by_content = tekst.is_some() || !zaken.is_empty();
    let actoren = match filter.team {
        None => Vec::new(),
        // Only teams: a filter on an employee would tell a burger who it was.
        Some(team) => match find_team(ctx, parse_id(&team)).await? {
            Some(same) => same,
            None => return Ok(None),
        },
    };
    Ok(Some(ContactFilter {
        vanaf,
        tot,
        kanalen: filter.kanaal.unwrap_or_default(),
        actoren,
        zaken,
        met_contactverzoek: filter.met_contactverzoek,
        tekst,
        gewijzigd_sinds: parse_positie(filter.gewijzigd_sinds.as_deref())?,
        alleen_verzoeken: false,
        product: None,
        vertrouwelijk: zicht.filter(by_content),
    }))
}

fn check_tekst(tekst: &str) -> Result<String, ProductError> {
    let tekst = tekst.trim();
    if (TEKST_MIN..=TEKST_MAX).contains(&tekst.chars().count()) {
        return Ok(tekst.to_owned());
    }
    Err(ProductError::invalid(format!(
        "tekst moet {TEKST_MIN} tot en met {TEKST_MAX} tekens lang zijn."
    )))
}

async fn read_page(
    (env, reader): (&Env, &Reader),
    partij_id: Uuid,
    filter: &ContactFilter,
    volgorde: Volgorde,
    request: PageRequest,
) -> Result<Page<read_side::contact::ContactDocument>, ProductError> {
    let page = contactgeschiedenis::page(reader, partij_id, filter, volgorde.into(), request);
    env.run("contactgeschiedenis", page).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_has_a_shortest_and_a_longest_length() {
        assert_eq!(check_tekst(" bomen "), Ok("bomen".to_owned()));
        for tekst in ["", "ab", "a   ", &"x".repeat(101)] {
            assert!(check_tekst(tekst).is_err(), "{tekst}");
        }
    }
}
