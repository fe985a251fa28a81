//! By which channel and address a klant can be reached: one rule, for who looks at a klantbeeld and
//! for who sends.

use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use read_side::klantbeeld::{AdresDocument, EenmaligDocument, KlantDocument};

use crate::loaders::Product;
use crate::types::actualiteit::Actualiteit;
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
    /// De klant heeft het voor deze zaak opgegeven.
    Zaak,
    /// De klant heeft het eenmalig opgegeven, bij een contact over deze zaak.
    Eenmalig,
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
    /// Er is geen adres dat hiervoor te gebruiken is.
    GeenAdres,
    /// De klant heeft om geheimhouding gevraagd.
    Afgeschermd,
    /// De identificatie past bij meer dan één klant: er wordt niet gegokt.
    MeerderePartijen,
    /// De klant is niet bekend.
    Onbekend,
}

/// Een adres waarop een klant te bereiken is.
#[derive(Debug, PartialEq, Eq, SimpleObject)]
pub(crate) struct BruikbaarAdres {
    /// Het kanaal.
    kanaal: Contactkanaal,
    /// Het adres.
    adres: String,
    /// Waarom dit adres te gebruiken is.
    bron: Adresbron,
    /// Dag waarop het adres is geverifieerd; leeg = niet geverifieerd.
    geverifieerd_op: Option<Date>,
}

/// Hoe een klant te bereiken is: een adres, of de reden waarom er geen is.
#[derive(Debug, Default, PartialEq, Eq, SimpleObject)]
#[graphql(complex)]
pub(crate) struct Bereikbaarheid {
    /// Het kanaal.
    kanaal: Option<Contactkanaal>,
    /// Het adres.
    adres: Option<String>,
    /// Waarom juist dit adres is gekozen.
    bron: Option<Adresbron>,
    /// Dag waarop het adres is geverifieerd; leeg = niet geverifieerd.
    geverifieerd_op: Option<Date>,
    /// Taal die de klant het liefst heeft, volgens ISO 639-2/T; leeg als er geen adres is.
    taal: Option<String>,
    /// De andere bruikbare adressen, in de volgorde waarin ze in aanmerking komen.
    alternatieven: Vec<BruikbaarAdres>,
    /// Waarom er geen adres is; leeg als er een adres is.
    reden: Option<RedenOnbereikbaar>,
}

#[ComplexObject]
impl Bereikbaarheid {
    /// Hoe actueel dit antwoord is.
    async fn actualiteit(&self, ctx: &Context<'_>) -> Result<Actualiteit> {
        Ok(Actualiteit::load(ctx, Product::Klantbeeld).await?)
    }
}

/// For what a klant is to be reached.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Doel<'d> {
    /// The keys of the zaak that it is about, in lower case.
    pub(crate) zaken: &'d [String],
    /// What the klant gave at contacts about that zaak, for their follow-up only.
    pub(crate) eenmalig: &'d [EenmaligDocument],
    /// The channels that can be used; none named = any.
    pub(crate) kanalen: Option<&'d [Contactkanaal]>,
}

impl Bereikbaarheid {
    /// How this klant can be reached in general, for an employee: of whoever asked for secrecy no
    /// address is shown.
    pub(crate) fn of(klant: &KlantDocument) -> Self {
        if klant.mag_benaderd_worden && klant.afgeschermd {
            return Self::none(RedenOnbereikbaar::Afgeschermd);
        }
        Self::voor(klant, Doel::default())
    }

    /// How this klant can be reached, for who sends: an address for the zaak, else one that was
    /// given once at a contact about it (the newest contact first), else the preference, else a
    /// standard one (e-mail before telephone), else the first e-mail address, else the first
    /// telephone number.
    pub(crate) fn voor(klant: &KlantDocument, doel: Doel<'_>) -> Self {
        if !klant.mag_benaderd_worden {
            return Self::none(RedenOnbereikbaar::NietActief);
        }
        let mut adressen = bruikbaar(klant, doel).into_iter();
        let Some(first) = adressen.next() else {
            return Self::none(RedenOnbereikbaar::GeenAdres);
        };
        Self {
            kanaal: Some(first.kanaal),
            adres: Some(first.adres),
            bron: Some(first.bron),
            geverifieerd_op: first.geverifieerd_op,
            taal: klant.voorkeurstaal.clone(),
            alternatieven: adressen.collect(),
            reden: None,
        }
    }

    /// Why no address can be given.
    pub(crate) fn none(reden: RedenOnbereikbaar) -> Self {
        Self { reden: Some(reden), ..Self::default() }
    }
}

/// The addresses that can be used, each once, in the order in which they come into consideration.
fn bruikbaar(klant: &KlantDocument, doel: Doel<'_>) -> Vec<BruikbaarAdres> {
    use Adresbron::{Eenmalig, Standaard, Terugval, Voorkeur, Zaak};
    use Contactkanaal::{Email, Overig, Telefoon};
    let steps = [
        (Zaak, Email),
        (Zaak, Telefoon),
        (Zaak, Overig),
        (Eenmalig, Email),
        (Eenmalig, Telefoon),
        (Voorkeur, Email),
        (Voorkeur, Telefoon),
        (Voorkeur, Overig),
        (Standaard, Email),
        (Standaard, Telefoon),
        (Terugval, Email),
        (Terugval, Telefoon),
    ];
    let allowed = |kanaal| doel.kanalen.is_none_or(|kanalen| kanalen.contains(&kanaal));
    let mut found: Vec<BruikbaarAdres> = Vec::new();
    for (bron, kanaal) in steps.into_iter().filter(|(_, kanaal)| allowed(*kanaal)) {
        let fitting = match bron {
            Eenmalig => eenmalig(doel, kanaal),
            Zaak | Voorkeur | Standaard | Terugval => vast(klant, (bron, kanaal), doel),
        };
        for adres in fitting {
            let known =
                |earlier: &BruikbaarAdres| earlier.kanaal == kanaal && earlier.adres == adres.adres;
            if !found.iter().any(known) {
                found.push(adres);
            }
        }
    }
    found
}

/// The addresses that are kept of a klant and fit for this reason.
fn vast(
    klant: &KlantDocument,
    (bron, kanaal): (Adresbron, Contactkanaal),
    doel: Doel<'_>,
) -> Vec<BruikbaarAdres> {
    let fitting = of_kanaal(klant, kanaal).iter().filter(|adres| fits(adres, bron, doel));
    let usable = |adres: &AdresDocument| BruikbaarAdres {
        kanaal,
        adres: adres.waarde.clone(),
        bron,
        geverifieerd_op: adres.geverifieerd_op.map(Date),
    };
    fitting.map(usable).collect()
}

/// The addresses that were given once, at contacts about the zaak.
fn eenmalig(doel: Doel<'_>, kanaal: Contactkanaal) -> Vec<BruikbaarAdres> {
    let of_kanaal = |given: &EenmaligDocument| match kanaal {
        Contactkanaal::Email => given.emailadressen.clone(),
        Contactkanaal::Telefoon => given.telefoonnummers.clone(),
        Contactkanaal::Overig => Vec::new(),
    };
    let bron = Adresbron::Eenmalig;
    let usable = |adres| BruikbaarAdres { kanaal, adres, bron, geverifieerd_op: None };
    doel.eenmalig.iter().flat_map(of_kanaal).map(usable).collect()
}

/// The addresses of a klant that a channel uses.
pub(crate) fn of_kanaal(klant: &KlantDocument, kanaal: Contactkanaal) -> &[AdresDocument] {
    match kanaal {
        Contactkanaal::Email => &klant.emailadressen,
        Contactkanaal::Telefoon => &klant.telefoonnummers,
        Contactkanaal::Overig => &klant.overige_adressen,
    }
}

/// Whether an address can be used for this reason. One that was given for a zaak or another purpose
/// is for that only.
fn fits(adres: &AdresDocument, bron: Adresbron, doel: Doel<'_>) -> bool {
    match (bron, &adres.alleen_voor) {
        (Adresbron::Zaak, Some(only)) => doel.zaken.contains(&only.trim().to_lowercase()),
        (Adresbron::Voorkeur, None) => adres.is_voorkeur,
        (Adresbron::Standaard, None) => adres.is_standaard,
        (Adresbron::Terugval, None) => true,
        (Adresbron::Zaak, None)
        | (Adresbron::Eenmalig, _)
        | (Adresbron::Voorkeur | Adresbron::Standaard | Adresbron::Terugval, Some(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn adres(waarde: &str) -> AdresDocument {
        AdresDocument {
            adres_id: Uuid::from_u128(
                waarde.bytes().fold(0, |id, byte| id * 256 + u128::from(byte)),
            ),
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

    /// The chosen address with its reason, and the others.
    fn chosen(found: &Bereikbaarheid) -> (Option<&str>, Option<Adresbron>, Vec<&str>) {
        let others = found.alternatieven.iter().map(|adres| adres.adres.as_str()).collect();
        (found.adres.as_deref(), found.bron, others)
    }

    #[test]
    fn an_address_for_the_zaak_goes_before_all_and_the_others_follow_each_once() {
        let voor_zaak = AdresDocument { alleen_voor: Some("ZAAK-1".to_owned()), ..adres("e2") };
        let voorkeur = AdresDocument { is_voorkeur: true, is_standaard: true, ..adres("t1") };
        let klant = klant(vec![voorkeur, adres("t2")], vec![adres("e1"), voor_zaak]);
        let zaken = ["zaak-1".to_owned()];
        let doel = Doel { zaken: &zaken, ..Doel::default() };
        let found = Bereikbaarheid::voor(&klant, doel);
        assert_eq!(chosen(&found), (Some("e2"), Some(Adresbron::Zaak), vec!["t1", "e1", "t2"]));
        let other = ["zaak-2".to_owned()];
        let found = Bereikbaarheid::voor(&klant, Doel { zaken: &other, ..Doel::default() });
        assert_eq!(chosen(&found), (Some("t1"), Some(Adresbron::Voorkeur), vec!["e1", "t2"]));
    }

    #[test]
    fn what_was_given_once_goes_behind_the_zaak_and_before_the_preference() {
        let voor_zaak = AdresDocument { alleen_voor: Some("ZAAK-1".to_owned()), ..adres("e2") };
        let voorkeur = AdresDocument { is_voorkeur: true, ..adres("t1") };
        let zaken = ["zaak-1".to_owned()];
        let given = |telefoon: &[&str], email: &[&str]| EenmaligDocument {
            telefoonnummers: telefoon.iter().map(|it| (*it).to_owned()).collect(),
            emailadressen: email.iter().map(|it| (*it).to_owned()).collect(),
        };
        let eenmalig = [given(&["t9"], &[]), given(&["t1"], &["e9", "e2"])];
        let doel = Doel { zaken: &zaken, eenmalig: &eenmalig, kanalen: None };
        let found = Bereikbaarheid::voor(&klant(vec![voorkeur.clone()], vec![voor_zaak]), doel);
        assert_eq!(chosen(&found), (Some("e2"), Some(Adresbron::Zaak), vec!["e9", "t9", "t1"]));
        let found = Bereikbaarheid::voor(&klant(vec![voorkeur], vec![]), doel);
        assert_eq!(chosen(&found), (Some("e9"), Some(Adresbron::Eenmalig), vec!["e2", "t9", "t1"]));
    }

    #[test]
    fn only_channels_that_can_be_used_are_considered() {
        let voorkeur = AdresDocument { is_voorkeur: true, ..adres("t1") };
        let klant = klant(vec![voorkeur], vec![adres("e1")]);
        let by = |kanaal| {
            let kanalen = [kanaal];
            Bereikbaarheid::voor(&klant, Doel { kanalen: Some(&kanalen), ..Doel::default() })
        };
        let email = by(Contactkanaal::Email);
        assert_eq!(chosen(&email), (Some("e1"), Some(Adresbron::Terugval), vec![]));
        assert_eq!(by(Contactkanaal::Overig).reden, Some(RedenOnbereikbaar::GeenAdres));
    }

    #[test]
    fn who_sends_reaches_who_asked_for_secrecy_but_never_who_may_not_be_approached() {
        let shielded = KlantDocument { afgeschermd: true, ..klant(vec![], vec![adres("e1")]) };
        let found = Bereikbaarheid::voor(&shielded, Doel::default());
        assert_eq!(found.adres.as_deref(), Some("e1"));
        let voor_zaak = AdresDocument { alleen_voor: Some("ZAAK-1".to_owned()), ..adres("e2") };
        let inactive = KlantDocument {
            mag_benaderd_worden: false,
            ..klant(vec![adres("t1")], vec![adres("e1"), voor_zaak])
        };
        let zaken = ["zaak-1".to_owned()];
        let found = Bereikbaarheid::voor(&inactive, Doel { zaken: &zaken, ..Doel::default() });
        assert_eq!(found, Bereikbaarheid::none(RedenOnbereikbaar::NietActief));
    }
}
