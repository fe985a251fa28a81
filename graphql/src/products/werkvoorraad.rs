//! Werkvoorraad: what must I, or my team, do, and what first?

use std::borrow::Cow;

use access::Rol;
use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, Result, SimpleObject};
use chrono::{DateTime, Utc};
use read_side::Reader;
use read_side::werkvoorraad::{self, Sortering, Span, WerkvoorraadFilter as RowFilter};
use uuid::Uuid;

use crate::connection::{Connection, Extra, Lijst, Parts, page_request};
use crate::context::{ContextExt, Env};
use crate::count::Count;
use crate::eigen::Eigen;
use crate::error::ProductError;
use crate::loaders::Product;
use crate::policy::{self, Zicht};
use crate::types::contactverzoek::{Contactverzoek, TaakStatus, Urgentie};
use crate::types::invoer::{Periode, parse_id, parse_positie};
use crate::types::minimaal::{self, Objectversie};

pub(crate) const ROLLEN: &[Rol] = &[Rol::Behandelaar, Rol::Kcc];

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct WerkvoorraadQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, ROLLEN)
}

/// Wiens werk u wilt zien: precies één van beide.
#[derive(Debug, OneofObject)]
pub(crate) enum WerkvoorraadVoor {
    /// Wat aan uzelf is toegewezen; alleen true heeft betekenis.
    Mij(bool),
    /// Wat aan deze teams is toegewezen. Teams waar u niet bij hoort, hebben voor u geen werk.
    Teams(Vec<ID>),
}

/// Welke contactverzoeken u wilt zien; aan alles wat u invult moet een contactverzoek voldoen.
#[derive(Debug, Default, InputObject)]
pub(crate) struct WerkvoorraadFilter {
    /// Open of afgeronde contactverzoeken; niets ingevuld = open.
    status: Option<TaakStatus>,
    /// Met een van deze urgenties; afgeronde contactverzoeken hebben geen urgentie.
    urgentie: Option<Vec<Urgentie>>,
    /// Contact langs een van deze kanalen: codes uit de lijst van kanalen.
    kanaal: Option<Vec<String>>,
    /// Contact in dit tijdvak.
    periode: Option<Periode>,
    /// Alleen zonder (true) of met (false) een medewerker als behandelaar.
    zonder_behandelaar: Option<bool>,
    /// Alleen wat veranderde na deze plaats in de reeks gebeurtenissen: `actualiteit.positie` van een
    /// eerder antwoord. Wat uit de lijst verdween, staat er niet in.
    gewijzigd_sinds: Option<String>,
}

/// Waarop een werkvoorraad is gesorteerd; wat het langst wacht staat eerst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum WerkvoorraadSortering {
    /// Op de dag waarop het klaar moet zijn; zonder streefdatum achteraan.
    Streefdatum,
    /// Op wanneer het is toegewezen.
    ToegewezenOp,
    /// Op wanneer het contact was; zonder bekend contact achteraan.
    ContactOp,
}

impl WerkvoorraadSortering {
    const fn parts(self) -> (Sortering, &'static str) {
        match self {
            Self::Streefdatum => (Sortering::Streefdatum, "werkvoorraad:STREEFDATUM"),
            Self::ToegewezenOp => (Sortering::ToegewezenOp, "werkvoorraad:TOEGEWEZEN_OP"),
            Self::ContactOp => (Sortering::ContactOp, "werkvoorraad:CONTACT_OP"),
        }
    }
}

#[Object]
impl WerkvoorraadQuery {
    /// Wat u of uw team moet doen, wat het langst wacht eerst. Voor behandelaars en medewerkers van
    /// het klantcontactcentrum, die met doelbinding.
    #[graphql(visible = "is_visible")]
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the interface")]
    async fn werkvoorraad(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Wiens werk.")] voor: WerkvoorraadVoor,
        #[graphql(
            desc = "Wat u zojuist vastlegde: het antwoord bevat het, of zegt dat het nog niet \
                          is verwerkt."
        )]
        minimaal: Option<Vec<Objectversie>>,
        #[graphql(desc = "Welke contactverzoeken.")] filter: Option<WerkvoorraadFilter>,
        #[graphql(
            desc = "Waarop gesorteerd.",
            default_with = "WerkvoorraadSortering::Streefdatum"
        )]
        sorteer: WerkvoorraadSortering,
        #[graphql(desc = "Grootte van de pagina, 1 tot en met 100.", default_with = "Some(20)")]
        first: Option<i32>,
        #[graphql(desc = "Lees verder na deze cursor.")] after: Option<String>,
    ) -> Result<Connection<Contactverzoek, WerkvoorraadExtra>> {
        let env = ctx.env()?;
        let publiek = policy::admit(ctx.identity()?, ROLLEN)?;
        let (sortering, name) = sorteer.parts();
        let lijst: Lijst = Cow::Borrowed(name);
        let request = page_request(&lijst, first, after.as_deref())?;
        let actoren = own_actoren(ctx.eigen().await?, &voor)?;
        let bounds = Bounds::at(env);
        let filter = row_filter(actoren, filter.unwrap_or_default(), bounds)?;
        minimaal::wait(ctx, (Product::Werkvoorraad, publiek.rol()), minimaal).await?;
        let reader = ctx.reader(publiek.rol())?;
        let page = werkvoorraad::page(&reader, &filter, sortering, request);
        let page = env.run("werkvoorraad", page).await?;
        let extra = WerkvoorraadExtra { reader: reader.clone(), filter: filter.clone(), bounds };
        let product = Product::Werkvoorraad;
        let count = Count::Werkvoorraad(reader, filter);
        let parts = Parts { lijst, request, page, count, product };
        let zicht = Zicht::assignee(publiek, env.settings.vertrouwelijk);
        Ok(Connection::with_extra(
            parts,
            |document| Contactverzoek::new(document, zicht.clone()),
            extra,
        ))
    }
}

/// The actoren whose work is asked, as far as the bearer is one of them.
pub(crate) fn own_actoren(
    eigen: &Eigen,
    voor: &WerkvoorraadVoor,
) -> Result<Vec<Uuid>, ProductError> {
    match voor {
        WerkvoorraadVoor::Mij(true) => Ok(eigen.identity().actoren.clone()),
        WerkvoorraadVoor::Mij(false) => {
            Err(ProductError::invalid("mij: false zegt niet wiens werk u wilt zien; noem teams."))
        }
        WerkvoorraadVoor::Teams(teams) => {
            let named = teams.iter().filter_map(parse_id);
            let own = named.filter(|team| eigen.identity().teams.contains(team));
            Ok(eigen.zelfde(&own.collect::<Vec<_>>()))
        }
    }
}

/// The moments between which a taak is urgent.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    now: DateTime<Utc>,
    dringend_tot: DateTime<Utc>,
}

impl Bounds {
    fn at(env: &Env) -> Self {
        let now = env.now();
        Self { now, dringend_tot: env.settings.termijn.dringend_tot(now) }
    }

    fn span(self, urgentie: Urgentie) -> Span {
        match urgentie {
            Urgentie::Verlopen => Span { vanaf: None, tot: Some(self.now) },
            Urgentie::Dringend => Span { vanaf: Some(self.now), tot: Some(self.dringend_tot) },
            Urgentie::Normaal => Span { vanaf: Some(self.dringend_tot), tot: None },
        }
    }
}

fn row_filter(
    actoren: Vec<Uuid>,
    filter: WerkvoorraadFilter,
    bounds: Bounds,
) -> Result<RowFilter, ProductError> {
    let (vanaf, tot) = Periode::bounds(filter.periode.as_ref())?;
    let open = filter.status.unwrap_or(TaakStatus::Open) == TaakStatus::Open;
    let urgenties = filter.urgentie.unwrap_or_default();
    let streefdatum = if open || urgenties.is_empty() {
        urgenties.into_iter().map(|urgentie| bounds.span(urgentie)).collect()
    } else {
        // What is done has no urgency: an empty span fits nothing.
        vec![Span { vanaf: Some(bounds.now), tot: Some(bounds.now) }]
    };
    Ok(RowFilter {
        actoren,
        open: Some(open),
        kanalen: filter.kanaal.unwrap_or_default(),
        vanaf,
        tot,
        zonder_behandelaar: filter.zonder_behandelaar,
        gewijzigd_sinds: parse_positie(filter.gewijzigd_sinds.as_deref())?,
        streefdatum,
    })
}

/// What this connection has beyond its contactverzoeken.
#[derive(Debug)]
pub(crate) struct WerkvoorraadExtra {
    reader: Reader,
    filter: RowFilter,
    bounds: Bounds,
}

/// Hoeveel er van één urgentie is.
#[derive(Debug, PartialEq, Eq, SimpleObject)]
pub(crate) struct UrgentieAantal {
    /// De urgentie.
    urgentie: Urgentie,
    /// Hoeveel contactverzoeken.
    aantal: i64,
}

/// Wat bij een werkvoorraad hoort naast haar contactverzoeken.
#[Object]
impl WerkvoorraadExtra {
    /// Hoeveel open contactverzoeken er van elke urgentie zijn, binnen het filter maar voor alle
    /// urgenties; contactverzoeken zonder streefdatum tellen niet mee. Leeg voor afgeronde.
    async fn per_urgentie(&self, ctx: &Context<'_>) -> Result<Vec<UrgentieAantal>> {
        if self.filter.open != Some(true) {
            return Ok(Vec::new());
        }
        let env = ctx.env()?;
        // Any streefdatum, but there must be one.
        let filter = RowFilter { streefdatum: vec![Span::default()], ..self.filter.clone() };
        let bounds = [self.bounds.now, self.bounds.dringend_tot];
        let counted = werkvoorraad::count_before(&self.reader, &filter, bounds);
        let counted = env.run("werkvoorraad: per urgentie", counted).await?;
        Ok(per_urgentie(counted))
    }
}

fn per_urgentie([verlopen, before_dringend_tot, all]: [i64; 3]) -> Vec<UrgentieAantal> {
    [
        (Urgentie::Verlopen, verlopen),
        (Urgentie::Dringend, before_dringend_tot - verlopen),
        (Urgentie::Normaal, all - before_dringend_tot),
    ]
    .into_iter()
    .map(|(urgentie, aantal)| UrgentieAantal { urgentie, aantal })
    .collect()
}

impl Extra for WerkvoorraadExtra {
    const NAME: Option<&'static str> = Some("WerkvoorraadConnection");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eigen::tests::eigen;

    fn bounds() -> Bounds {
        let at = |text: &str| text.parse().expect("a moment");
        Bounds { now: at("2026-07-01T10:00:00Z"), dringend_tot: at("2026-07-01T16:00:00Z") }
    }

    #[test]
    fn teams_of_others_have_no_work() {
        let [own, other, same] = [1, 2, 3].map(Uuid::from_u128);
        // Of its two teams one is named, by another of the keys that it has.
        let bearer = eigen(&[], &[1, 4], &[(1, 1), (3, 1), (4, 4)]);
        let asked = vec![ID::from(same), ID::from(other), ID::from("geen sleutel")];
        assert_eq!(own_actoren(&bearer, &WerkvoorraadVoor::Teams(asked)), Ok(vec![own, same]));
        assert!(own_actoren(&bearer, &WerkvoorraadVoor::Mij(false)).is_err());
    }

    #[test]
    fn urgencies_become_spans_that_join_without_overlap() {
        let bounds = bounds();
        let [verlopen, dringend, normaal] =
            [Urgentie::Verlopen, Urgentie::Dringend, Urgentie::Normaal]
                .map(|urgentie| bounds.span(urgentie));
        assert_eq!(verlopen.tot, dringend.vanaf);
        assert_eq!(dringend.tot, normaal.vanaf);
        assert_eq!((verlopen.vanaf, normaal.tot), (None, None));
    }

    #[test]
    fn the_work_list_is_open_unless_said_otherwise_and_done_work_has_no_urgency() {
        let open = row_filter(Vec::new(), WerkvoorraadFilter::default(), bounds()).expect("filter");
        assert_eq!((open.open, open.streefdatum.len()), (Some(true), 0));
        let done = WerkvoorraadFilter {
            status: Some(TaakStatus::Afgerond),
            urgentie: Some(vec![Urgentie::Verlopen]),
            ..WerkvoorraadFilter::default()
        };
        let done = row_filter(Vec::new(), done, bounds()).expect("filter");
        assert_eq!(done.open, Some(false));
        assert_eq!(done.streefdatum[0].vanaf, done.streefdatum[0].tot);
    }

    #[test]
    fn counts_per_urgency_are_differences() {
        let aantallen: Vec<i64> = per_urgentie([2, 5, 9]).iter().map(|per| per.aantal).collect();
        assert_eq!(aantallen, [2, 3, 4]);
    }
}
