//! The information products: one file each, with its root field and its own types.

pub(crate) mod bereikbaarheid;
pub(crate) mod bewaaroverzicht;
pub(crate) mod contactgeschiedenis;
pub(crate) mod contactverzoek;
pub(crate) mod klantbeeld;
pub(crate) mod klantzoeken;
pub(crate) mod losse_contactverzoeken;
pub(crate) mod mijn_contactgegevens;
pub(crate) mod projectie_status;
pub(crate) mod samenvatting;
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
use klantbeeld::KlantbeeldQuery;
use klantzoeken::KlantZoekenQuery;
use losse_contactverzoeken::LosseContactverzoekenQuery;
use mijn_contactgegevens::MijnContactgegevensQuery;
use projectie_status::ProjectieStatusQuery;
use werkvoorraad::WerkvoorraadQuery;
use zaak_contacthistorie::ZaakContacthistorieQuery;

/// De informatieproducten: elk beantwoordt één vraag van een medewerker of burger, in één keer.
#[derive(Debug, Default, MergedObject)]
#[graphql(name = "Query")]
struct Producten(
    MijnContactgegevensQuery,
    KlantZoekenQuery,
    KlantbeeldQuery,
    ContactgeschiedenisQuery,
    ZaakContacthistorieQuery,
    WerkvoorraadQuery,
    ContactverzoekQuery,
    LosseContactverzoekenQuery,
    BereikbaarheidQuery,
    BewaaroverzichtQuery,
    ProjectieStatusQuery,
);

/// The root: the information products, each a processing of its own in the logbook. It is known here
/// and not in each product, so that none can forget to be one.
#[derive(Debug, Default)]
pub struct Query(Producten);

impl ContainerType for Query {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        logboek::process(ctx.field().name(), self.0.resolve_field(ctx)).await
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
