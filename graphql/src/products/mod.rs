//! The information products: one file each, with its root field and its own types.

pub(crate) mod bereikbaarheid;
pub(crate) mod bewaaroverzicht;
pub(crate) mod contactgeschiedenis;
pub(crate) mod contactverzoek;
pub(crate) mod doorlooptijden;
pub(crate) mod inzagedossier;
pub(crate) mod kanaalgebruik;
pub(crate) mod klantbeeld;
pub(crate) mod klantzoeken;
pub(crate) mod losse_contactverzoeken;
pub(crate) mod mijn_contactgegevens;
pub(crate) mod mijn_gesprekken;
pub(crate) mod mijn_verzoeken;
pub(crate) mod projectie_status;
pub(crate) mod samenvatting;
pub(crate) mod voorraad_per_team;
pub(crate) mod werkvoorraad;
pub(crate) mod zaak_contacthistorie;

use std::borrow::Cow;

use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;
use async_graphql::resolver_utils::{ContainerType, resolve_container};
use async_graphql::{
    Context, ContextSelectionSet, MergedObject, ObjectType, OutputType, Positioned, ServerResult,
    Value,
};

use bereikbaarheid::BereikbaarheidQuery;
use bewaaroverzicht::BewaaroverzichtQuery;
use contactgeschiedenis::ContactgeschiedenisQuery;
use contactverzoek::ContactverzoekQuery;
use doorlooptijden::DoorlooptijdenQuery;
use inzagedossier::InzagedossierQuery;
use kanaalgebruik::KanaalgebruikQuery;
use klantbeeld::KlantbeeldQuery;
use klantzoeken::KlantZoekenQuery;
use losse_contactverzoeken::LosseContactverzoekenQuery;
use mijn_contactgegevens::MijnContactgegevensQuery;
use mijn_gesprekken::MijnGesprekkenQuery;
use mijn_verzoeken::MijnVerzoekenQuery;
use projectie_status::ProjectieStatusQuery;
use voorraad_per_team::VoorraadPerTeamQuery;
use werkvoorraad::WerkvoorraadQuery;
use zaak_contacthistorie::ZaakContacthistorieQuery;

/// What a burger or organisation asks about itself.
#[derive(Debug, Default, MergedObject)]
struct Eigen(MijnContactgegevensQuery, MijnGesprekkenQuery, MijnVerzoekenQuery);

/// What an employee asks about klanten.
#[derive(Debug, Default, MergedObject)]
struct Klanten(
    KlantZoekenQuery,
    KlantbeeldQuery,
    ContactgeschiedenisQuery,
    ZaakContacthistorieQuery,
    LosseContactverzoekenQuery,
);

/// What is asked about work, one's own or in numbers.
#[derive(Debug, Default, MergedObject)]
struct Werk(
    WerkvoorraadQuery,
    ContactverzoekQuery,
    VoorraadPerTeamQuery,
    DoorlooptijdenQuery,
    KanaalgebruikQuery,
);

/// What is asked to send, to destroy, to show persons what is known of them, and to run the service.
#[derive(Debug, Default, MergedObject)]
struct Dienst(BereikbaarheidQuery, BewaaroverzichtQuery, InzagedossierQuery, ProjectieStatusQuery);

/// De informatieproducten: elk beantwoordt één vraag van een medewerker of burger, in één keer.
// In groups: the engine looks for a field by going down one group at a time, and every step takes stack.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "Query")]
struct Producten(Eigen, Klanten, Werk, Dienst);

/// The root: the information products, each a processing of its own in the logbook. It is known here
/// and not in each product, so that none can forget to be one.
#[derive(Debug, Default)]
pub struct Query(Producten);

impl ContainerType for Query {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        // On the heap: the future of a product is large.
        let product = Box::pin(self.0.resolve_field(ctx));
        logboek::process(ctx.field().name(), product).await
    }
}

impl OutputType for Query {
    fn type_name() -> Cow<'static, str> {
        Producten::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Producten::create_type_info(registry)
    }

    async fn resolve(
        &self,
        ctx: &ContextSelectionSet<'_>,
        _: &Positioned<Field>,
    ) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ObjectType for Query {}
