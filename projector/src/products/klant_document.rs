//! Stage two, the pure half, of a klant: name, keys and addresses as its audience knows them.

use events::{Adres, DigitaalAdres, Identificator};
use read_side::klantbeeld::{AdresDocument, KlantDocument, PostadresDocument};
use uuid::Uuid;

use super::documents::{SOORTEN_EMAIL, SOORTEN_TELEFOON};
use crate::toestanden::PartijToestand;

/// The keys by which a klant is found, each in its own column: never code quartets.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Sleutels {
    pub(super) bsn: Option<String>,
    pub(super) rsin: Option<String>,
    pub(super) kvk_nummer: Option<String>,
    pub(super) vestigingsnummer: Option<String>,
}

/// The keys of a partij. A vestiging is known by its KVK number too, also where that key belongs to
/// the rechtspersoon.
pub(super) fn sleutels(partij: &PartijToestand) -> Sleutels {
    let mut sleutels = Sleutels::default();
    let value = |key: &Identificator| Some(key.object_id.clone());
    for item in &partij.identificatoren {
        let key = &item.partij_identificator;
        match key.code_soort_object_id.as_str() {
            "bsn" => sleutels.bsn = value(key),
            "rsin" => sleutels.rsin = value(key),
            "kvk_nummer" => sleutels.kvk_nummer = value(key),
            "vestigingsnummer" => {
                sleutels.vestigingsnummer = value(key);
                if let Some(hoofd) = &item.hoofdidentificator {
                    sleutels.kvk_nummer = value(hoofd);
                }
            }
            _ => {}
        }
    }
    sleutels
}

/// The document of a klant; `trad_op_voor` are the partijen that it represented.
pub(super) fn klant(partij: &PartijToestand, trad_op_voor: Vec<Uuid>) -> KlantDocument {
    let adressen = |soorten: &[&str]| -> Vec<AdresDocument> {
        partij
            .digitale_adressen
            .iter()
            .filter(|item| soorten.contains(&item.soort_digitaal_adres.as_str()))
            .map(|item| adres(item, partij.voorkeurs_digitaal_adres))
            .collect()
    };
    let known = |item: &&DigitaalAdres| {
        let soort = item.soort_digitaal_adres.as_str();
        SOORTEN_TELEFOON.contains(&soort) || SOORTEN_EMAIL.contains(&soort)
    };
    KlantDocument {
        weergavenaam: partij.partij.weergavenaam(),
        telefoonnummers: adressen(&SOORTEN_TELEFOON),
        emailadressen: adressen(&SOORTEN_EMAIL),
        overige_adressen: partij
            .digitale_adressen
            .iter()
            .filter(|item| !known(item))
            .map(|item| adres(item, partij.voorkeurs_digitaal_adres))
            .collect(),
        bezoekadres: partij.partij.bezoekadres.as_ref().map(postadres),
        correspondentieadres: partij.partij.correspondentieadres.as_ref().map(postadres),
        voorkeurstaal: partij.partij.voorkeurstaal.clone(),
        afgeschermd: partij.partij.indicatie_geheimhouding == Some(true),
        mag_benaderd_worden: partij.partij.indicatie_actief,
        interne_notitie: partij.partij.interne_notitie.clone(),
        werkte_voor: partij.partij.werkte_voor_partij,
        trad_op_voor,
    }
}

/// The document of a digital address.
pub(super) fn adres(item: &DigitaalAdres, voorkeur: Option<Uuid>) -> AdresDocument {
    AdresDocument {
        adres_id: item.id,
        soort: item.soort_digitaal_adres.clone(),
        waarde: item.adres.clone(),
        omschrijving: item.omschrijving.clone(),
        is_voorkeur: voorkeur == Some(item.id),
        is_standaard: item.is_standaard_adres,
        geverifieerd_op: item.verificatie_datum,
        alleen_voor: item.referentie.clone(),
    }
}

fn postadres(adres: &Adres) -> PostadresDocument {
    let join = |parts: [Option<String>; 3]| {
        let filled: Vec<String> = parts.into_iter().flatten().collect();
        if filled.is_empty() { None } else { Some(filled.join(" ")) }
    };
    let number = adres.huisnummer.map(|number| number.to_string());
    let street = join([adres.straatnaam.clone(), number, adres.huisnummertoevoeging.clone()]);
    let town = join([adres.postcode.clone(), adres.stad.clone(), None]);
    let lines = [&adres.adresregel1, &adres.adresregel2, &adres.adresregel3];
    PostadresDocument {
        nummeraanduiding_id: adres.nummeraanduiding_id.clone(),
        regels: [street, town].into_iter().chain(lines.map(Clone::clone)).flatten().collect(),
        land: adres.land.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_one_writes_it() {
        let dutch = Adres {
            straatnaam: Some("Dorpsstraat".to_owned()),
            huisnummer: Some(12),
            huisnummertoevoeging: Some("a".to_owned()),
            postcode: Some("1234 AB".to_owned()),
            stad: Some("Voorbeeldstad".to_owned()),
            ..Adres::default()
        };
        assert_eq!(postadres(&dutch).regels, ["Dorpsstraat 12 a", "1234 AB Voorbeeldstad"]);
        let lines = Adres {
            adresregel1: Some("Postbus 2700".to_owned()),
            adresregel2: Some("3200 TD Turfstad".to_owned()),
            ..Adres::default()
        };
        assert_eq!(postadres(&lines).regels, ["Postbus 2700", "3200 TD Turfstad"]);
    }
}
