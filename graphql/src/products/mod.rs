//! The information products: one file each, with its root field and its own types.

pub(crate) mod contactgeschiedenis;
pub(crate) mod klantbeeld;
pub(crate) mod projectie_status;
pub(crate) mod samenvatting;
pub(crate) mod werkvoorraad;
pub(crate) mod zaak_contacthistorie;

use async_graphql::MergedObject;

use contactgeschiedenis::ContactgeschiedenisQuery;
use klantbeeld::KlantbeeldQuery;
use projectie_status::ProjectieStatusQuery;
use werkvoorraad::WerkvoorraadQuery;
use zaak_contacthistorie::ZaakContacthistorieQuery;

/// De informatieproducten: elk beantwoordt één vraag van een medewerker of burger, in één keer.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    KlantbeeldQuery,
    ContactgeschiedenisQuery,
    ZaakContacthistorieQuery,
    WerkvoorraadQuery,
    ProjectieStatusQuery,
);
