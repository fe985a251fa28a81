//! One event in a dossier.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use read_side::inzagedossier::{DossierDocument, Gegeven as Waarde};

use crate::connection::Node;
use crate::context::ContextExt;
use crate::policy::Weergave;
use crate::types::actor::{Actoren, Medewerker, Systeem, Team};
use crate::types::scalar::DateTime;

/// One event, as it is shown.
#[derive(Debug)]
pub(crate) struct Dossierregel {
    document: DossierDocument,
    masked: bool,
}

impl Dossierregel {
    /// A line under this policy on confidential contacts; hidden ones are not in the rows.
    pub(super) fn new(document: DossierDocument, beleid: Weergave) -> Self {
        let masked = document.vertrouwelijk && beleid != Weergave::Tonen;
        Self { document, masked }
    }
}

/// Een gegeven uit een dossier.
#[derive(Debug, SimpleObject)]
pub(crate) struct Gegeven {
    /// Hoe het heet in het informatiemodel, met punten tussen de delen: `contactnaam.achternaam`.
    naam: String,
    /// De waarde; `een ander` waar een andere klant genoemd is.
    waarde: String,
}

impl From<&Waarde> for Gegeven {
    fn from(waarde: &Waarde) -> Self {
        Self { naam: waarde.naam.clone(), waarde: waarde.waarde.clone() }
    }
}

/// Wat één gebeurtenis over de klant zegt, en waar dat vandaan komt.
#[Object]
impl Dossierregel {
    /// Wat er gebeurde: de naam van de gebeurtenis.
    async fn gebeurtenis(&self) -> &str {
        &self.document.gebeurtenis
    }

    /// Soort object waarmee het gebeurde, zoals `partij` of `klantcontact`.
    async fn objectsoort(&self) -> &str {
        &self.document.objectsoort
    }

    /// Sleutel van dat object.
    async fn object_id(&self) -> ID {
        self.document.object_id.into()
    }

    /// De hoeveelste gebeurtenis van dat object het is.
    async fn versie(&self) -> i64 {
        self.document.versie
    }

    /// Wanneer het is vastgelegd.
    async fn op(&self) -> DateTime {
        self.document.op.into()
    }

    /// Herkomst: de handeling waarmee het is vastgelegd.
    async fn handeling(&self) -> Option<&str> {
        self.document.handeling.as_deref()
    }

    /// Herkomst: de toepassing waarmee het is vastgelegd.
    async fn toepassing(&self) -> Option<&str> {
        self.document.toepassing.as_deref()
    }

    /// Of dit nog geldt: wat later is gewijzigd of verwijderd, geldt niet meer.
    async fn actueel(&self) -> bool {
        self.document.actueel
    }

    /// Of dit alleen zegt dat een ander deelnam; wie dat was, staat er niet bij.
    async fn van_ander(&self) -> bool {
        self.document.van_ander
    }

    /// Of het een vertrouwelijk contact is.
    async fn vertrouwelijk(&self) -> bool {
        self.document.vertrouwelijk
    }

    /// Wat het zegt; leeg als het contact vertrouwelijk is en u de inhoud niet mag zien.
    async fn gegevens(&self) -> Vec<Gegeven> {
        let shown = if self.masked { &[][..] } else { &self.document.gegevens[..] };
        shown.iter().map(Gegeven::from).collect()
    }

    /// De teams die het noemt.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        Ok(Actoren::load(ctx, &self.document.actoren).await?.teams)
    }

    /// De systemen die het noemt.
    async fn systemen(&self, ctx: &Context<'_>) -> Result<Vec<Systeem>> {
        Ok(Actoren::load(ctx, &self.document.actoren).await?.systemen)
    }

    /// Hoeveel medewerkers het noemt.
    async fn aantal_medewerkers(&self, ctx: &Context<'_>) -> Result<usize> {
        Ok(Actoren::load(ctx, &self.document.actoren).await?.medewerkers.len())
    }

    /// De medewerkers die het noemt; leeg, tenzij is ingesteld dat zij worden genoemd.
    async fn medewerkers(&self, ctx: &Context<'_>) -> Result<Vec<Medewerker>> {
        if !ctx.env()?.settings.inzage_medewerkers {
            return Ok(Vec::new());
        }
        Ok(Actoren::load(ctx, &self.document.actoren).await?.medewerkers)
    }
}

impl Node for Dossierregel {
    const NAME: &'static str = "Dossierregel";
}
