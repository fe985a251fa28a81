//! What a contact was about: zaken and other objects.

use std::collections::HashMap;

use async_graphql::{Context, ID, SimpleObject};
use read_side::contact::{ObjectDocument, ZaakDocument};
use read_side::zaken::ZaakRow;

use crate::context::ContextExt;
use crate::error::ProductError;

/// Een zaak waar een contact over ging; ten minste één van beide sleutels is gevuld, en allebei als
/// is vastgelegd dat zij van één zaak zijn.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub(crate) struct Zaak {
    /// Sleutel van de zaak in het zaakregister.
    pub(crate) uuid: Option<String>,
    /// Zaaknummer zoals mensen het gebruiken.
    pub(crate) identificatie: Option<String>,
    /// Sleutel van het contactverzoek (taakId) waaruit de zaak voortkwam.
    pub(crate) via_contactverzoek: Option<ID>,
}

impl Zaak {
    /// The zaken of these links, each once, with both keys where these are known; one statement for
    /// all objects of a level.
    pub(crate) async fn load(
        ctx: &Context<'_>,
        links: &[ZaakDocument],
    ) -> Result<Vec<Self>, ProductError> {
        let keys = links.iter().filter_map(key).map(str::to_lowercase);
        let known = match links.is_empty() {
            true => HashMap::new(),
            false => Box::pin(ctx.loaders()?.zaken.load_many(keys)).await?,
        };
        Ok(joined(links, &known))
    }

    /// The same as a klant sees them, to whom a contactverzoek means nothing.
    pub(crate) async fn load_for_klant(
        ctx: &Context<'_>,
        links: &[ZaakDocument],
    ) -> Result<Vec<Self>, ProductError> {
        let mut links = links.to_vec();
        links.iter_mut().for_each(ZaakDocument::hide_contactverzoek);
        Self::load(ctx, &links).await
    }

    /// The first of the zaken of these links.
    pub(crate) async fn first(
        ctx: &Context<'_>,
        links: &[ZaakDocument],
    ) -> Result<Option<Self>, ProductError> {
        Ok(Self::load(ctx, links).await?.into_iter().next())
    }

    fn new(link: &ZaakDocument, known: Option<&ZaakRow>) -> Self {
        let uuid = link.uuid.clone().or_else(|| known.map(|zaak| zaak.uuid.clone()));
        let identificatie =
            link.identificatie.clone().or_else(|| known.map(|zaak| zaak.identificatie.clone()));
        Self { uuid, identificatie, via_contactverzoek: link.via_contactverzoek.map(ID::from) }
    }

    fn is(&self, other: &Self) -> bool {
        let same = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => one.to_lowercase() == other.to_lowercase(),
            (Some(_), None) | (None, Some(_) | None) => false,
        };
        same(&self.uuid, &other.uuid) || same(&self.identificatie, &other.identificatie)
    }
}

/// A key that a link names.
fn key(link: &ZaakDocument) -> Option<&str> {
    link.uuid.as_deref().or(link.identificatie.as_deref())
}

/// The zaken of links, each once, in the order of the links; `known` are those of which both keys
/// are known, by either.
fn joined(links: &[ZaakDocument], known: &HashMap<String, ZaakRow>) -> Vec<Zaak> {
    let mut zaken: Vec<Zaak> = Vec::new();
    for link in links {
        let zaak = Zaak::new(link, key(link).and_then(|key| known.get(&key.to_lowercase())));
        match zaken.iter_mut().find(|other| other.is(&zaak)) {
            Some(other) => {
                other.via_contactverzoek =
                    other.via_contactverzoek.take().or(zaak.via_contactverzoek);
            }
            None => zaken.push(zaak),
        }
    }
    zaken
}

/// Een object in een ander register, zoals een document of een formulierinzending.
#[derive(Debug, SimpleObject)]
pub(crate) struct Objectverwijzing {
    /// Soort object.
    pub(crate) soort: String,
    /// Soort sleutel.
    pub(crate) soort_id: String,
    /// Sleutel van het object.
    pub(crate) id: String,
    /// Register waarin het object staat.
    pub(crate) register: String,
}

impl From<&ObjectDocument> for Objectverwijzing {
    fn from(document: &ObjectDocument) -> Self {
        Self {
            soort: document.soort.clone(),
            soort_id: document.soort_id.clone(),
            id: document.id.clone(),
            register: document.register.clone(),
        }
    }
}

/// Builds the outside form of each, or nothing when it must not be seen.
pub(crate) fn shown<'d, D, T: From<&'d D>>(documents: &'d [D], masked: bool) -> Vec<T> {
    visible(documents, masked).iter().map(T::from).collect()
}

/// These, or none when they must not be seen.
pub(crate) fn visible<D>(documents: &[D], masked: bool) -> &[D] {
    if masked { &[] } else { documents }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn link(uuid: Option<&str>, identificatie: Option<&str>) -> ZaakDocument {
        let [uuid, identificatie] = [uuid, identificatie].map(|key| key.map(str::to_owned));
        ZaakDocument { uuid, identificatie, via_contactverzoek: None }
    }

    #[test]
    fn links_by_either_key_are_one_zaak_once_the_pair_is_known() {
        let via = Some(Uuid::from_u128(1));
        let links = [
            link(Some("U-1"), None),
            ZaakDocument { via_contactverzoek: via, ..link(None, Some("zaak-1")) },
            link(None, Some("ZAAK-2")),
        ];
        assert_eq!(joined(&links, &HashMap::new()).len(), 3);
        let row = ZaakRow {
            uuid: "u-1".to_owned(),
            nummer: "zaak-1".to_owned(),
            identificatie: "ZAAK-1".to_owned(),
        };
        let known = HashMap::from([(row.uuid.clone(), row.clone()), (row.nummer.clone(), row)]);
        let zaken = joined(&links, &known);
        let keys: Vec<_> = zaken
            .iter()
            .map(|zaak| (zaak.uuid.as_deref(), zaak.identificatie.as_deref()))
            .collect();
        assert_eq!(keys, [(Some("U-1"), Some("ZAAK-1")), (None, Some("ZAAK-2"))]);
        assert_eq!(zaken[0].via_contactverzoek, via.map(ID::from));
    }
}
