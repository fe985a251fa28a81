//! A contact, as klantbeeld, contactgeschiedenis and zaakContacthistorie show it.

use async_graphql::{Context, Enum, ID, Object, Result};
use read_side::contact::{
    ContactDocument, DeelnemerDocument, Richting as RichtingDocument, ZaakDocument,
};
use read_side::taak::TaakDocument;

use crate::connection::Node;
use crate::context::ContextExt;
use crate::policy::Zicht;
use crate::types::actor::{Actoren, Medewerker, Systeem, Team};
use crate::types::contactverzoek::Vervolgtaak;
use crate::types::deelnemer::Deelnemer;
use crate::types::scalar::DateTime;
use crate::types::zaak::{Objectverwijzing, Zaak, shown, visible};

/// Wie contact zocht.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Richting {
    /// De klant zocht contact met de gemeente.
    Inkomend,
    /// De gemeente zocht contact met de klant.
    Uitgaand,
    /// De vastgelegde gegevens spreken elkaar tegen.
    Onbekend,
}

impl From<RichtingDocument> for Richting {
    fn from(richting: RichtingDocument) -> Self {
        match richting {
            RichtingDocument::Inkomend => Self::Inkomend,
            RichtingDocument::Uitgaand => Self::Uitgaand,
            RichtingDocument::Onbekend => Self::Onbekend,
        }
    }
}

/// A contact as one audience sees it.
#[derive(Debug)]
pub(crate) struct Contact {
    document: ContactDocument,
    zicht: Zicht,
    masked: bool,
}

impl Contact {
    /// A contact for the audience of `zicht`.
    pub(crate) fn new(document: ContactDocument, zicht: Zicht) -> Self {
        let masked = zicht.masks_contact(&document);
        let contact = Self { document, zicht, masked };
        contact
            .deelnemers_shown()
            .filter_map(|deelnemer| deelnemer.partij_id)
            .for_each(logboek::show);
        contact
    }

    /// Who took part, as far as they may be seen: a burger sees only itself.
    fn deelnemers_shown(&self) -> impl Iterator<Item = &DeelnemerDocument> {
        let visible = |partij| !self.zicht.is_burger() || self.zicht.is_self(partij);
        let deelnemers = if self.masked { &[] } else { &self.document.deelnemers[..] };
        deelnemers.iter().filter(move |deelnemer| visible(deelnemer.partij_id))
    }

    /// The links to the zaken it was about, as far as they may be seen.
    pub(crate) fn visible_zaken(&self) -> Vec<ZaakDocument> {
        let mut links = visible(&self.document.zaken, self.masked).to_vec();
        if self.zicht.is_burger() {
            links.iter_mut().for_each(ZaakDocument::hide_contactverzoek);
        }
        links
    }

    /// The open contactverzoeken that followed, as far as they may be seen.
    pub(crate) fn open_taken(&self) -> impl Iterator<Item = Vervolgtaak> + '_ {
        self.taken()
            .filter(|taak| taak.open)
            .map(|taak| Vervolgtaak::new(taak.clone(), self.masked))
    }

    fn taken(&self) -> impl Iterator<Item = &TaakDocument> {
        let taken = if self.zicht.is_burger() { &[] } else { &self.document.contactverzoeken[..] };
        taken.iter()
    }

    /// A text that says what the contact was about.
    fn content<'t>(&self, text: Option<&'t str>) -> Option<&'t str> {
        text.filter(|_| !self.masked)
    }

    async fn actoren(&self, ctx: &Context<'_>) -> Result<Actoren> {
        Ok(Actoren::load(ctx, &self.document.actoren).await?)
    }

    /// Employees stay out of a burger's sight, and out of a masked contact.
    async fn employees(&self, ctx: &Context<'_>) -> Result<Vec<Medewerker>> {
        if self.masked || self.zicht.is_burger() {
            return Ok(Vec::new());
        }
        Ok(self.actoren(ctx).await?.medewerkers)
    }
}

/// Een contact tussen een klant en de gemeente. Van een vertrouwelijk contact dat u niet mag
/// inzien, blijven alleen tijdstip, kanaal, richting en team over; de rest is leeg. Een burger ziet
/// van medewerkers alleen het team, en alleen zichzelf als deelnemer.
#[Object]
impl Contact {
    /// Sleutel van het contact.
    async fn contact_id(&self) -> ID {
        self.document.klantcontact_id.into()
    }

    /// Nummer om in gesprek te noemen; geen sleutel.
    async fn nummer(&self) -> Option<&str> {
        Some(&self.document.nummer)
    }

    /// Wanneer het contact was.
    async fn op(&self) -> DateTime {
        self.document.op.into()
    }

    /// Langs welk kanaal: een code uit de lijst van kanalen.
    async fn kanaal(&self) -> &str {
        &self.document.kanaal
    }

    /// Wie contact zocht.
    async fn richting(&self) -> Richting {
        self.document.richting.into()
    }

    /// Onderwerp; leeg als het contact vertrouwelijk is en u de inhoud niet mag zien.
    async fn onderwerp(&self) -> Option<&str> {
        self.content(Some(&self.document.onderwerp))
    }

    /// Wat er is besproken of geschreven.
    async fn samenvatting(&self) -> Option<&str> {
        self.content(self.document.samenvatting.as_deref())
    }

    /// Het antwoord dat is gegeven.
    async fn antwoord(&self) -> Option<&str> {
        self.content(self.document.antwoord.as_deref())
    }

    /// Of het contact is gelukt; leeg als dat niet bekend is.
    async fn gelukt(&self) -> Option<bool> {
        self.document.gelukt
    }

    /// Taal van het contact, volgens ISO 639-2/T.
    async fn taal(&self) -> &str {
        &self.document.taal
    }

    /// Of onderwerp en inhoud vertrouwelijk zijn.
    async fn vertrouwelijk(&self) -> bool {
        self.document.vertrouwelijk
    }

    /// Het resultaat van het gesprek.
    async fn gespreksresultaat(&self) -> Option<&str> {
        self.content(self.document.gespreksresultaat.as_deref())
    }

    /// De vraag waarmee de klant kwam.
    async fn vraag(&self) -> Option<&str> {
        self.content(self.document.vraag.as_deref())
    }

    /// De vraag, nader bepaald.
    async fn specifieke_vraag(&self) -> Option<&str> {
        self.content(self.document.specifieke_vraag.as_deref())
    }

    /// Naam van de eerste medewerker die het contact had; leeg voor een burger.
    async fn medewerker(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.employees(ctx).await?.into_iter().next().map(|medewerker| medewerker.naam))
    }

    /// De medewerkers die het contact hadden; leeg voor een burger.
    async fn medewerkers(&self, ctx: &Context<'_>) -> Result<Vec<Medewerker>> {
        self.employees(ctx).await
    }

    /// Naam van het eerste team dat het contact had.
    async fn team(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        Ok(self.actoren(ctx).await?.teams.into_iter().next().map(|team| team.naam))
    }

    /// De teams die het contact hadden.
    async fn teams(&self, ctx: &Context<'_>) -> Result<Vec<Team>> {
        Ok(self.actoren(ctx).await?.teams)
    }

    /// De systemen die het contact hadden, zoals een chatbot; leeg voor een burger.
    async fn systemen(&self, ctx: &Context<'_>) -> Result<Vec<Systeem>> {
        if self.masked || self.zicht.is_burger() {
            return Ok(Vec::new());
        }
        Ok(self.actoren(ctx).await?.systemen)
    }

    /// De zaken waar het contact over ging.
    async fn zaken(&self, ctx: &Context<'_>) -> Result<Vec<Zaak>> {
        Ok(Zaak::load(ctx, &self.visible_zaken()).await?)
    }

    /// Sleutels van eerdere contacten waar dit contact over ging; leeg voor een burger.
    async fn eerdere_contacten(&self) -> Vec<ID> {
        let hidden = self.masked || self.zicht.is_burger();
        let contacten = if hidden { &[] } else { &self.document.eerdere_contacten[..] };
        contacten.iter().map(|id| ID::from(*id)).collect()
    }

    /// Sleutel van het gesprek waar het bij hoort: contacten die over elkaar gaan. Zij verandert als een
    /// later contact twee gesprekken verbindt. Leeg als u de inhoud niet mag zien, en voor een burger als
    /// het kanaal niet in gesprekken te zien is.
    async fn gesprek_id(&self, ctx: &Context<'_>) -> Result<Option<ID>> {
        let closed = &ctx.env()?.settings.verborgen_kanalen;
        if self.masked || (self.zicht.is_burger() && closed.contains(&self.document.kanaal)) {
            return Ok(None);
        }
        let gesprekken = &ctx.loaders()?.gesprekken;
        Ok(gesprekken.load_one(self.document.klantcontact_id).await?.map(ID::from))
    }

    /// Andere onderwerpen dan zaken en contacten.
    async fn overige_onderwerpen(&self) -> Vec<Objectverwijzing> {
        shown(&self.document.overige_onderwerpen, self.masked)
    }

    /// Documenten en andere objecten die zijn meegegeven of ontstaan.
    async fn documenten(&self) -> Vec<Objectverwijzing> {
        shown(&self.document.documenten, self.masked)
    }

    /// Wie van buiten de gemeente deelnamen; een burger ziet alleen zichzelf.
    async fn deelnemers(&self) -> Vec<Deelnemer> {
        let shown = self.deelnemers_shown();
        shown.map(|deelnemer| Deelnemer::new(deelnemer.clone(), self.zicht.clone())).collect()
    }

    /// Of er na het contact nog iets moest gebeuren.
    async fn heeft_contactverzoek(&self) -> bool {
        !self.document.contactverzoeken.is_empty()
    }

    /// Wat er na het contact nog moest gebeuren; leeg voor een burger.
    async fn contactverzoeken(&self) -> Vec<Vervolgtaak> {
        let masked = self.masked;
        self.taken().map(|taak| Vervolgtaak::new(taak.clone(), masked)).collect()
    }
}

impl Node for Contact {
    const NAME: &'static str = "Contact";
}

#[cfg(test)]
mod tests;
