//! The information products: one file each, with its root field and its own types.

pub(crate) mod bereikbaarheid;
pub(crate) mod contactgeschiedenis;
pub(crate) mod contactverzoek;
pub(crate) mod doorlooptijden;
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

use async_graphql::MergedObject;

use bereikbaarheid::BereikbaarheidQuery;
use contactgeschiedenis::ContactgeschiedenisQuery;
use contactverzoek::ContactverzoekQuery;
use doorlooptijden::DoorlooptijdenQuery;
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

/// De informatieproducten: elk beantwoordt één vraag van een medewerker of burger, in één keer.
#[derive(Debug, Default, MergedObject)]
pub struct Query(
    MijnContactgegevensQuery,
    MijnGesprekkenQuery,
    MijnVerzoekenQuery,
    KlantZoekenQuery,
    KlantbeeldQuery,
    ContactgeschiedenisQuery,
    ZaakContacthistorieQuery,
    WerkvoorraadQuery,
    ContactverzoekQuery,
    LosseContactverzoekenQuery,
    VoorraadPerTeamQuery,
    DoorlooptijdenQuery,
    KanaalgebruikQuery,
    BereikbaarheidQuery,
    ProjectieStatusQuery,
);
