//! A contactverzoek: an interne taak with what somebody needs to act on it.

use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use chrono::Utc;
use read_side::taak::{ContactverzoekDocument, TaakDocument};
use read_side::werkdagen::Termijn;

use crate::connection::Node;
use crate::context::ContextExt;
use crate::policy::Zicht;
use crate::types::actor::{Actoren, Medewerker, Team};
use crate::types::scalar::DateTime;
use crate::types::zaak::{Objectverwijzing, Zaak, shown, visible};

/// Of een contactverzoek nog moet worden afgehandeld.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum TaakStatus {
    /// Moet nog worden afgehandeld.
    Open,
    /// Is afgehandeld.
    Afgerond,
}

/// Hoe dringend een open contactverzoek is, op het moment van de vraag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Enum)]
pub(crate) enum Urgentie {
    /// De streefdatum is voorbij.
    Verlopen,
    /// De streefdatum is bijna voorbij.
    Dringend,
    /// Er is nog tijd.
    Normaal,
}

impl Urgentie {
    /// How urgent something is that should be done before `streefdatum`.
    pub(crate) fn of(
        streefdatum: chrono::DateTime<Utc>,
        now: chrono::DateTime<Utc>,
        termijn: &Termijn,
    ) -> Self {
        if streefdatum < now {
            Self::Verlopen
        } else if streefdatum < termijn.dringend_tot(now) {
            Self::Dringend
        } else {
            Self::Normaal
        }
    }
}

/// Van wie de terugbelgegevens zijn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Terugbelbron {
    /// Bij dit contact opgegeven, alleen voor deze opvolging.
    Klantcontact,
    /// De eigen gegevens van de klant.
    Klant,
}

/// Wie terug te bellen of te antwoorden, en hoe: zoals bij het contact opgegeven, anders de eigen
/// gegevens van de klant.
#[derive(Debug, SimpleObject)]
pub(crate) struct Terugbelgegevens {
    /// Naam van wie het vroeg.
    naam: Option<String>,
    /// Telefoonnummer om terug te bellen; leeg als de klant is afgeschermd.
    telefoon: Option<String>,
    /// E-mailadres om te antwoorden; leeg als de klant is afgeschermd.
    email: Option<String>,
    /// Waar telefoon en email vandaan komen; leeg als beide leeg zijn.
    van: Option<Terugbelbron>,
}

/// The part of a contactverzoek that the taak itself knows.
#[derive(Debug)]
pub(crate) struct Vervolgtaak {
    taak: TaakDocument,
    masked: bool,
}

impl Vervolgtaak {
    /// A taak; `masked` leaves out what it is about.
    pub(crate) fn new(taak: TaakDocument, masked: bool) -> Self {
        Self { taak, masked }
    }

    fn open_streefdatum(&self) -> Option<chrono::DateTime<Utc>> {
        self.taak.streefdatum.filter(|_| self.taak.open)
    }
}

/// Wat er na een contact nog moet gebeuren: het contactverzoek zonder de gegevens van het contact.
#[Object]
impl Vervolgtaak {
    /// Sleutel van het contactverzoek.
    async fn taak_id(&self) -> ID {
        self.taak.taak_id.into()
    }

    /// Nummer om in gesprek te noemen; geen sleutel.
    async fn nummer(&self) -> Option<&str> {
        Some(&self.taak.nummer)
    }

    /// Wat er moet gebeuren; leeg als het contact vertrouwelijk is en u de inhoud niet mag zien.
    async fn gevraagde_handeling(&self) -> Option<&str> {
        (!self.masked).then_some(&self.taak.gevraagde_handeling)
    }

    /// Toelichting voor wie het afhandelt; leeg als het contact vertrouwelijk is en u de inhoud
    /// niet mag zien.
    async fn toelichting(&self) -> Option<&str> {
        self.taak.toelichting.as_deref().filter(|_| !self.masked)
    }

    /// Of het nog moet worden afgehandeld.
    async fn status(&self) -> TaakStatus {
        if self.taak.open { TaakStatus::Open } else { TaakStatus::Afgerond }
    }

    /// Sleutel van het contact waaruit het voortkwam.
    async fn contact_id(&self) -> ID {
        self.taak.klantcontact_id.into()
    }

    /// Wanneer het is toegewezen.
    async fn toegewezen_op(&self) -> DateTime {
        self.taak.toegewezen_op.into()
    }

    /// Wanneer het uiterlijk afgehandeld zou moeten zijn.
    async fn streefdatum(&self) -> Option<DateTime> {
        self.taak.streefdatum.map(DateTime)
    }

    /// Wanneer het is afgehandeld; leeg zolang het open is.
    async fn afgehandeld_op(&self) -> Option<DateTime> {
        self.taak.afgehandeld_op.map(DateTime)
    }

    /// Uren op werkdagen tot de streefdatum, naar beneden afgerond; negatief als die voorbij is,
    /// leeg als er geen streefdatum is of als het is afgehandeld.
    async fn resterende_werkdag_uren(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        let env = ctx.env()?;
        let termijn = &env.settings.termijn;
        Ok(self.open_streefdatum().map(|datum| termijn.resterende_uren(env.now(), datum)))
    }

    /// Hoe dringend het nu is; leeg als er geen streefdatum is of als het is afgehandeld.
    async fn urgentie(&self, ctx: &Context<'_>) -> Result<Option<Urgentie>> {
        let env = ctx.env()?;
        let termijn = &env.settings.termijn;
        Ok(self.open_streefdatum().map(|datum| Urgentie::of(datum, env.now(), termijn)))
    }

    /// De medewerkers aan wie het is toegewezen, de hoofdbehandelaar eerst.
    async fn behandelaars(&self, ctx: &Context<'_>) -> Result<Vec<Medewerker>> {
        if self.masked {
            return Ok(Vec::new());
        }
        Ok(Actoren::load(ctx, &self.taak.actoren).await?.medewerkers)
    }

    /// De teams waaraan het is toegewezen.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        Ok(Actoren::load(ctx, &self.taak.actoren).await?.teams)
    }
}

/// A contactverzoek as one audience sees it.
#[derive(Debug)]
pub(crate) struct Contactverzoek {
    document: ContactverzoekDocument,
    vervolgtaak: Vervolgtaak,
    masked: bool,
    /// Whether it may be seen who asked.
    asker: bool,
}

impl Contactverzoek {
    /// A contactverzoek for the audience of `zicht`.
    pub(crate) fn new(document: ContactverzoekDocument, zicht: Zicht) -> Self {
        let masked = zicht.masks_contactverzoek(&document);
        let asker = !(masked && zicht.hides_asker());
        let vervolgtaak = Vervolgtaak::new(document.taak.clone(), masked && zicht.hides_asker());
        document.klant_id.filter(|_| asker).into_iter().for_each(logboek::show);
        Self { document, vervolgtaak, masked, asker }
    }

    fn shows_numbers(&self) -> bool {
        self.asker && !self.document.afgeschermd
    }

    /// Whom to call back or answer, and how.
    pub(crate) fn terugbelgegevens(&self) -> Terugbelgegevens {
        let own = |text: &Option<String>, shown: bool| text.clone().filter(|_| shown);
        let document = &self.document;
        let source =
            if document.van_partij { Terugbelbron::Klant } else { Terugbelbron::Klantcontact };
        Terugbelgegevens {
            naam: own(&document.klantnaam, self.asker),
            telefoon: own(&document.telefoon, self.shows_numbers()),
            email: own(&document.email, self.shows_numbers()),
            van: self.has_numbers().then_some(source),
        }
    }

    fn has_numbers(&self) -> bool {
        self.shows_numbers() && (self.document.telefoon.is_some() || self.document.email.is_some())
    }
}

/// Een contactverzoek of terugbelverzoek: wat moet er gebeuren, voor wie, en hoe is die te bereiken.
#[Object]
impl Contactverzoek {
    #[graphql(flatten)]
    async fn vervolgtaak(&self) -> &Vervolgtaak {
        &self.vervolgtaak
    }

    /// Naam van wie het vroeg: zoals bij het contact opgegeven, anders die van de klant.
    async fn klantnaam(&self) -> Option<&str> {
        self.document.klantnaam.as_deref().filter(|_| self.asker)
    }

    /// Of vaststaat wie het vroeg: een bekende klant.
    async fn klant_geverifieerd(&self) -> bool {
        self.asker && self.document.klant_id.is_some()
    }

    /// Sleutel van de klant die het vroeg; leeg als die niet is geverifieerd.
    async fn klant_id(&self) -> Option<ID> {
        self.document.klant_id.filter(|_| self.asker).map(ID::from)
    }

    /// Onderwerp van het contact; leeg als het vertrouwelijk is en u de inhoud niet mag zien.
    async fn onderwerp(&self) -> Option<&str> {
        self.document.onderwerp.as_deref().filter(|_| !self.masked)
    }

    /// Kanaal van het contact.
    async fn kanaal(&self) -> Option<&str> {
        self.document.kanaal.as_deref()
    }

    /// Wanneer het contact was: sindsdien wacht de klant.
    async fn contact_op(&self) -> Option<DateTime> {
        self.document.contact_op.map(DateTime)
    }

    /// De zaken waar het contact over ging.
    async fn zaken(&self, ctx: &Context<'_>) -> Result<Vec<Zaak>> {
        Ok(Zaak::load(ctx, visible(&self.document.zaken, self.masked)).await?)
    }

    /// De eerste zaak waar het contact over ging.
    async fn zaak(&self, ctx: &Context<'_>) -> Result<Option<Zaak>> {
        Ok(Zaak::first(ctx, visible(&self.document.zaken, self.masked)).await?)
    }

    /// Telefoonnummer om terug te bellen; leeg als de klant is afgeschermd.
    async fn telefoon(&self) -> Option<&str> {
        self.document.telefoon.as_deref().filter(|_| self.shows_numbers())
    }

    /// E-mailadres om te antwoorden; leeg als de klant is afgeschermd.
    async fn email(&self) -> Option<&str> {
        self.document.email.as_deref().filter(|_| self.shows_numbers())
    }

    /// Waar telefoon en email vandaan komen; leeg als beide leeg zijn.
    async fn terugbelgegevens_van(&self) -> Option<Terugbelbron> {
        self.terugbelgegevens().van
    }

    /// De documenten bij het contact.
    async fn documenten(&self) -> Vec<Objectverwijzing> {
        shown(&self.document.documenten, self.masked)
    }

    /// Of de klant om geheimhouding heeft gevraagd: de contactgegevens zijn dan niet te zien.
    async fn afgeschermd(&self) -> bool {
        self.document.afgeschermd
    }
}

impl Node for Contactverzoek {
    const NAME: &'static str = "Contactverzoek";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgency_moves_with_the_clock() {
        let at = |text: &str| text.parse::<chrono::DateTime<Utc>>().expect("a moment");
        let termijn = Termijn::default();
        // A Wednesday: six hours on a working day are six hours.
        let now = at("2026-07-01T10:00:00Z");
        for (datum, expected) in [
            ("2026-07-01T09:59:59Z", Urgentie::Verlopen),
            ("2026-07-01T10:00:00Z", Urgentie::Dringend),
            ("2026-07-01T15:59:59Z", Urgentie::Dringend),
            ("2026-07-01T16:00:00Z", Urgentie::Normaal),
        ] {
            assert_eq!(Urgentie::of(at(datum), now, &termijn), expected, "{datum}");
        }
    }
}
