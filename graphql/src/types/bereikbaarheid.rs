//! By which channel and address a klant can be reached.

use async_graphql::{Enum, SimpleObject};
use read_side::klantbeeld::{AdresDocument, KlantDocument};

use crate::types::scalar::Date;

/// Een kanaal waarlangs de gemeente een klant kan bereiken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Contactkanaal {
    /// Per e-mail.
    Email,
    /// Per telefoon.
    Telefoon,
    /// Langs een ander platform.
    Overig,
}

/// Waarom juist dit adres is gekozen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum Adresbron {
    /// De klant wil het liefst hier worden bereikt.
    Voorkeur,
    /// Het is het standaardadres van zijn soort.
    Standaard,
    /// Er is geen voorkeur en geen standaard: het eerste bruikbare adres.
    Terugval,
}

/// Waarom er geen adres is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum RedenOnbereikbaar {
    /// De contactgegevens mogen niet worden gebruikt om contact op te nemen.
    NietActief,
    /// Er is geen adres dat algemeen te gebruiken is.
    GeenAdres,
    /// De klant heeft om geheimhouding gevraagd.
    Afgeschermd,
}

/// Hoe een klant te bereiken is: een adres, of de reden waarom er geen is.
#[derive(Debug, Default, PartialEq, Eq, SimpleObject)]
pub(crate) struct Bereikbaarheid {
    /// Het kanaal.
    kanaal: Option<Contactkanaal>,
    /// Het adres.
    adres: Option<String>,
    /// Waarom juist dit adres is gekozen.
    bron: Option<Adresbron>,
    /// Dag waarop het adres is geverifieerd; leeg = niet geverifieerd.
    geverifieerd_op: Option<Date>,
    /// Waarom er geen adres is; leeg als er een adres is.
    reden: Option<RedenOnbereikbaar>,
}

impl Bereikbaarheid {
    /// How this klant can be reached: preference, else standard (e-mail before telephone), else the
    /// first e-mail address, else the first telephone number.
    pub(crate) fn of(klant: &KlantDocument) -> Self {
        if !klant.mag_benaderd_worden {
            return Self::none(RedenOnbereikbaar::NietActief);
        }
        if klant.afgeschermd {
            return Self::none(RedenOnbereikbaar::Afgeschermd);
        }
        choose(klant).unwrap_or_else(|| Self::none(RedenOnbereikbaar::GeenAdres))
    }

    fn none(reden: RedenOnbereikbaar) -> Self {
        Self { reden: Some(reden), ..Self::default() }
    }

    fn at(kanaal: Contactkanaal, bron: Adresbron, adres: &AdresDocument) -> Self {
        Self {
            kanaal: Some(kanaal),
            adres: Some(adres.waarde.clone()),
            bron: Some(bron),
            geverifieerd_op: adres.geverifieerd_op.map(Date),
            reden: None,
        }
    }
}

fn choose(klant: &KlantDocument) -> Option<Bereikbaarheid> {
    use Adresbron::{Standaard, Terugval, Voorkeur};
    use Contactkanaal::{Email, Overig, Telefoon};
    let email = (Email, &klant.emailadressen);
    let telefoon = (Telefoon, &klant.telefoonnummers);
    let overig = (Overig, &klant.overige_adressen);
    let first = |bron, (kanaal, adressen): (_, &Vec<AdresDocument>)| {
        adressen
            .iter()
            .filter(|adres| adres.alleen_voor.is_none())
            .find(|adres| match bron {
                Voorkeur => adres.is_voorkeur,
                Standaard => adres.is_standaard,
                Terugval => true,
            })
            .map(|adres| Bereikbaarheid::at(kanaal, bron, adres))
    };
    let steps = [
        (Voorkeur, email),
        (Voorkeur, telefoon),
        (Voorkeur, overig),
        (Standaard, email),
        (Standaard, telefoon),
        (Terugval, email),
        (Terugval, telefoon),
    ];
    steps.into_iter().find_map(|(bron, list)| first(bron, list))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn adres(waarde: &str) -> AdresDocument {
        AdresDocument {
            adres_id: Uuid::nil(),
            soort: "soort".to_owned(),
            waarde: waarde.to_owned(),
            omschrijving: None,
            is_voorkeur: false,
            is_standaard: false,
            geverifieerd_op: None,
            alleen_voor: None,
        }
    }

    fn klant(
        telefoonnummers: Vec<AdresDocument>,
        emailadressen: Vec<AdresDocument>,
    ) -> KlantDocument {
        KlantDocument {
            weergavenaam: None,
            telefoonnummers,
            emailadressen,
            overige_adressen: Vec::new(),
            bezoekadres: None,
            correspondentieadres: None,
            voorkeurstaal: None,
            afgeschermd: false,
            mag_benaderd_worden: true,
            interne_notitie: None,
            werkte_voor: None,
            trad_op_voor: Vec::new(),
        }
    }

    #[test]
    fn preference_goes_before_standard_and_standard_before_the_first() {
        let standaard = |waarde| AdresDocument { is_standaard: true, ..adres(waarde) };
        let voorkeur = AdresDocument { is_voorkeur: true, ..adres("t2") };
        for (klant, adres, bron) in [
            (klant(vec![adres("t1"), voorkeur], vec![standaard("e1")]), "t2", Adresbron::Voorkeur),
            (klant(vec![standaard("t1")], vec![standaard("e1")]), "e1", Adresbron::Standaard),
            (klant(vec![standaard("t1")], vec![adres("e1")]), "t1", Adresbron::Standaard),
            (klant(vec![adres("t1")], vec![adres("e1")]), "e1", Adresbron::Terugval),
            (klant(vec![adres("t1")], vec![]), "t1", Adresbron::Terugval),
        ] {
            let found = Bereikbaarheid::of(&klant);
            assert_eq!((found.adres.as_deref(), found.bron), (Some(adres), Some(bron)));
        }
    }

    #[test]
    fn an_address_for_one_purpose_is_never_used_in_general() {
        let only = AdresDocument {
            alleen_voor: Some("zaak".to_owned()),
            is_voorkeur: true,
            ..adres("e1")
        };
        let found = Bereikbaarheid::of(&klant(vec![], vec![only]));
        assert_eq!(found, Bereikbaarheid::none(RedenOnbereikbaar::GeenAdres));
    }

    #[test]
    fn whoever_may_not_be_approached_has_no_address() {
        let inactive =
            KlantDocument { mag_benaderd_worden: false, ..klant(vec![], vec![adres("e1")]) };
        assert_eq!(Bereikbaarheid::of(&inactive).reden, Some(RedenOnbereikbaar::NietActief));
        let shielded = KlantDocument { afgeschermd: true, ..klant(vec![], vec![adres("e1")]) };
        let found = Bereikbaarheid::of(&shielded);
        assert_eq!(found, Bereikbaarheid::none(RedenOnbereikbaar::Afgeschermd));
    }
}
