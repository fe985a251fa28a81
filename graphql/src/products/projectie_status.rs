//! ProjectieStatus: how far is every information product? For whoever runs the service; no content.

use access::Rol;
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use chrono::DateTime as Moment;
use read_side::projecties::{self, ProjectieRow};

use crate::context::ContextExt;
use crate::policy;
use crate::types::scalar::DateTime;

const ROL: Rol = Rol::Beheerder;

/// The root field of this product.
#[derive(Debug, Default)]
pub(crate) struct ProjectieStatusQuery;

fn is_visible(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, &[ROL])
}

#[Object]
impl ProjectieStatusQuery {
    /// Hoe ver elk informatieproduct is met het verwerken van gebeurtenissen: een regel voor elke
    /// generatie van zijn tabellen. Voor beheerders.
    #[graphql(visible = "is_visible")]
    async fn projectie_status(&self, ctx: &Context<'_>) -> Result<Vec<ProjectieStatus>> {
        policy::require(ctx.identity()?, ROL)?;
        let env = ctx.env()?;
        let rows =
            env.run("projectieStatus", projecties::all(&ctx.reader(Rol::Beheerder)?)).await?;
        let now = env.now();
        Ok(rows.into_iter().map(|row| ProjectieStatus::new(row, now)).collect())
    }
}

/// Hoe ver één generatie van een informatieproduct is.
#[derive(Debug, SimpleObject)]
pub(crate) struct ProjectieStatus {
    /// Het informatieproduct.
    product: String,
    /// Het nummer van de generatie.
    generatie: i32,
    /// De versie van het product waarmee de generatie is gemaakt.
    versie: i32,
    /// Wat er met de generatie gebeurt.
    status: Projectiefase,
    /// Of lezers deze generatie zien.
    wordt_getoond: bool,
    /// Of een beheerder haar heeft stilgezet.
    gepauzeerd: bool,
    /// Plaats in de reeks gebeurtenissen tot waar alles is verwerkt.
    positie: String,
    /// De laatste plaats in de reeks gebeurtenissen.
    laatste_positie: String,
    /// Aantal gebeurtenissen dat nog verwerkt moet worden; boven 100.000 naar boven afgerond.
    achterstand: i64,
    /// Aantal seconden sinds `bijgewerktTot`; ongeveer één als alles bij is, leeg als er nog niets
    /// is.
    achterstand_seconden: Option<i64>,
    /// Alles wat vóór dit tijdstip is vastgelegd, is verwerkt; leeg als er nog niets is.
    bijgewerkt_tot: Option<DateTime>,
    /// Aantal plaatsen waarvan nog niet bekend is of er een gebeurtenis komt.
    open_gaten: i32,
}

impl ProjectieStatus {
    fn new(row: ProjectieRow, now: Moment<chrono::Utc>) -> Self {
        let since = Some(row.bijgewerkt_tot).filter(|moment| *moment > Moment::UNIX_EPOCH);
        Self {
            product: row.product,
            generatie: row.generatie,
            versie: row.versie,
            status: Projectiefase::from_code(&row.fase),
            wordt_getoond: row.actief,
            gepauzeerd: row.gepauzeerd,
            positie: row.positie.to_string(),
            laatste_positie: row.laatste_positie.to_string(),
            achterstand: row.achterstand,
            achterstand_seconden: since.map(|moment| (now - moment).num_seconds()),
            bijgewerkt_tot: since.map(DateTime),
            open_gaten: row.open_gaten,
        }
    }
}

/// Wat er met een generatie gebeurt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Projectiefase {
    /// De gebeurtenissen worden in bulk gelezen.
    Lezen,
    /// De regels worden afgeleid.
    Afleiden,
    /// De indexen worden gemaakt.
    Indexeren,
    /// De generatie volgt de gebeurtenissen, en is nog niet nagekeken.
    Inhalen,
    /// De generatie volgt de gebeurtenissen, en wordt getoond of kan getoond worden.
    Klaar,
    /// De generatie wordt opgeruimd.
    Vervalt,
}

impl Projectiefase {
    /// The phase with this word in the bookkeeping, which knows no others.
    fn from_code(code: &str) -> Self {
        match code {
            "lezen" => Self::Lezen,
            "afleiden" => Self::Afleiden,
            "indexeren" => Self::Indexeren,
            "inhalen" => Self::Inhalen,
            "vervalt" => Self::Vervalt,
            _ => Self::Klaar,
        }
    }
}
