//! Which verwerkingsactiviteit of the municipality's register an operation is part of.

use std::collections::BTreeMap;

/// What the names of our own activities begin with; a municipality gives those of its register.
const OURS: &str = "urn:klantbeeld:verwerkingsactiviteit:";
/// The activity of what is not named below.
const BIJHOUDING: &str = "bijhouding";

/// The activity of each information product; `None` = it holds no data of persons.
const PRODUCTEN: [(&str, Option<&str>); 18] = [
    ("klantZoeken", Some("klantcontact")),
    ("klantbeeld", Some("klantcontact")),
    ("contactgeschiedenis", Some("klantcontact")),
    ("losseContactverzoeken", Some("klantcontact")),
    ("werkvoorraad", Some("contactverzoek")),
    ("contactverzoek", Some("contactverzoek")),
    ("zaakContacthistorie", Some("zaakbehandeling")),
    ("mijnContactgegevens", Some("eigen-gegevens")),
    ("mijnGesprekken", Some("eigen-gegevens")),
    ("mijnVerzoeken", Some("eigen-gegevens")),
    ("bereikbaarheid", Some("berichten")),
    ("bewaaroverzicht", Some("archivering")),
    ("inzageverzoeken", Some("inzage")),
    ("inzagedossier", Some("inzage")),
    ("projectieStatus", None),
    ("voorraadPerTeam", None),
    ("doorlooptijden", None),
    ("kanaalgebruik", None),
];

/// The activities of a municipality.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activiteiten {
    given: BTreeMap<String, String>,
}

impl Activiteiten {
    /// The activities that a municipality names for operations; the others keep ours.
    #[must_use]
    pub fn new(given: BTreeMap<String, String>) -> Self {
        Self { given }
    }

    /// The activity of an operation, as it stands in `dpl.core.processing_activity_id`.
    #[must_use]
    pub fn of(&self, operatie: &str) -> String {
        if let Some(given) = self.given.get(operatie) {
            return given.clone();
        }
        let known = PRODUCTEN.iter().find(|(product, _)| *product == operatie);
        let naam = known.and_then(|(_, activiteit)| *activiteit).unwrap_or(BIJHOUDING);
        format!("{OURS}{naam}")
    }

    /// Whether an operation processes data of persons at all.
    #[must_use]
    pub fn processes(operatie: &str) -> bool {
        !PRODUCTEN.contains(&(operatie, None))
    }

    /// The information products that have an activity, or have none on purpose.
    pub fn products() -> impl Iterator<Item = &'static str> {
        PRODUCTEN.iter().map(|(product, _)| *product)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_municipality_names_goes_before_ours() {
        let given = [("klantbeeld".to_owned(), "https://register.example.nl/12".to_owned())];
        let activiteiten = Activiteiten::new(given.into());
        assert_eq!(activiteiten.of("klantbeeld"), "https://register.example.nl/12");
        assert_eq!(
            activiteiten.of("klantZoeken"),
            "urn:klantbeeld:verwerkingsactiviteit:klantcontact"
        );
        assert_eq!(
            activiteiten.of("registreerPersoon"),
            "urn:klantbeeld:verwerkingsactiviteit:bijhouding"
        );
        assert!(Activiteiten::processes("registreerPersoon"));
        assert!(!Activiteiten::processes("projectieStatus"));
    }
}
