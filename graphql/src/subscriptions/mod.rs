//! Subscriptions: whoever shows something is told *that* it changed, never *what*, and asks again. Each
//! goes through the same gates as the query of the same name, again before every event.
//!
//! [`watch`] looks for changes, once for the whole process; [`bells`] wakes whom they may concern;
//! [`follow`] looks with the eyes of one subscriber whether its answer is another; [`subject`] is what
//! can be followed.

mod bells;
mod follow;
mod seats;
mod settings;
mod subject;
mod watch;

use access::Rol;
use async_graphql::{Context, Result, SimpleObject, Subscription};
use futures_util::Stream;

use crate::context::ContextExt;
use crate::policy;
use crate::products::werkvoorraad::WerkvoorraadVoor;
use crate::products::{klantbeeld, mijn_gesprekken, mijn_verzoeken, werkvoorraad};
use crate::types::invoer::Identificatie;
use crate::types::scalar::DateTime;
pub(crate) use seats::Seat;
pub use settings::SubscriptionSettings;
use subject::Subject;
pub use watch::Watcher;

/// Dat het antwoord op de vraag met dezelfde naam veranderde, en niet wat: vraag het opnieuw. Het eerste
/// bericht zegt dat u volgt.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct Wijziging {
    /// Wanneer dit is opgemerkt.
    opgemerkt_op: DateTime,
    /// Plaats in de reeks gebeurtenissen: een antwoord waarvan `actualiteit.positie` ten minste zo
    /// groot is, bevat de wijziging.
    positie: String,
}

/// The root of what can be followed.
#[derive(Debug, Default)]
pub struct Subscriptions;

fn is_visible(ctx: &Context<'_>) -> bool {
    [klantbeeld::ROLLEN, werkvoorraad::ROLLEN, mijn_gesprekken::ROLLEN, mijn_verzoeken::ROLLEN]
        .into_iter()
        .any(|rollen| policy::is_visible(ctx, rollen))
}

fn sees_klantbeeld(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, klantbeeld::ROLLEN)
}

fn sees_werkvoorraad(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, werkvoorraad::ROLLEN)
}

fn sees_mijn_gesprekken(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, mijn_gesprekken::ROLLEN)
}

fn sees_mijn_verzoeken(ctx: &Context<'_>) -> bool {
    policy::is_visible(ctx, mijn_verzoeken::ROLLEN)
}

/// Wat u kunt volgen: u krijgt te horen dát een antwoord veranderde, niet wat. Het eerste bericht komt
/// meteen en zegt dat u volgt: stel uw vraag bij elk bericht, dan mist u niets.
#[Subscription(name = "Subscription", visible = "is_visible")]
impl Subscriptions {
    /// Dat het klantbeeld van deze klant veranderde, voor zover u het ziet. Van een klant die niet
    /// bekend is, hoort u zodra die dat wordt. Voor wie ook het klantbeeld mag vragen.
    #[graphql(visible = "sees_klantbeeld")]
    async fn klantbeeld(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "De klant om wie het gaat.")] voor: Identificatie,
    ) -> Result<impl Stream<Item = Result<Wijziging>>> {
        let publiek = policy::admit(ctx.identity()?, klantbeeld::ROLLEN)?;
        policy::require_purpose(ctx.identity()?)?;
        let subject = Subject::Klantbeeld(voor.key());
        follow::follow(ctx, publiek.rol(), subject).await
    }

    /// Dat het open werk van u of van uw team veranderde. Voor wie ook de werkvoorraad mag vragen.
    #[graphql(visible = "sees_werkvoorraad")]
    async fn werkvoorraad(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Wiens werk.")] voor: WerkvoorraadVoor,
    ) -> Result<impl Stream<Item = Result<Wijziging>>> {
        let publiek = policy::admit(ctx.identity()?, werkvoorraad::ROLLEN)?;
        follow::follow(ctx, publiek.rol(), Subject::Werkvoorraad(voor)).await
    }

    /// Dat er iets veranderde in uw gesprekken. Voor burgers en organisaties.
    #[graphql(visible = "sees_mijn_gesprekken")]
    async fn mijn_gesprekken(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<Wijziging>>> {
        policy::admit(ctx.identity()?, mijn_gesprekken::ROLLEN)?;
        policy::own_key(ctx.identity()?)?;
        follow::follow(ctx, Rol::Burger, Subject::MijnGesprekken).await
    }

    /// Dat er iets veranderde in uw verzoeken en aanvragen. Voor burgers en organisaties.
    #[graphql(visible = "sees_mijn_verzoeken")]
    async fn mijn_verzoeken(
        &self,
        ctx: &Context<'_>,
    ) -> Result<impl Stream<Item = Result<Wijziging>>> {
        policy::admit(ctx.identity()?, mijn_verzoeken::ROLLEN)?;
        policy::own_key(ctx.identity()?)?;
        follow::follow(ctx, Rol::Burger, Subject::MijnVerzoeken).await
    }
}
