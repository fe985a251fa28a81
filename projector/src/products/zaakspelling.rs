//! Which onderwerpobjecten are a zaak: clients spell the link to one and the same zaak differently.

use std::str::FromStr;

use events::Identificator;

/// What stands for any code.
const ELKE: &str = "*";

/// Which of its two keys a link names of a zaak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zaaksleutel {
    /// Its key in the register.
    Uuid,
    /// The number that people use.
    Identificatie,
}

/// One spelling: a link with these three codes, capitals aside, names a zaak by this key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zaakspelling {
    objecttype: String,
    register: String,
    soort: String,
    sleutel: Zaaksleutel,
}

/// A text that is no spelling.
#[derive(Debug, Clone, Copy, thiserror::Error, PartialEq, Eq)]
#[error(
    "a spelling of a zaak is OBJECTTYPE/REGISTER/SOORT=KEY: three codes, * for any, and uuid or \
     identificatie; such as zgw-Zaak/*/uuid=uuid"
)]
pub struct NoZaakspelling;

impl FromStr for Zaakspelling {
    type Err = NoZaakspelling;

    fn from_str(text: &str) -> Result<Self, NoZaakspelling> {
        let (codes, sleutel) = text.split_once('=').ok_or(NoZaakspelling)?;
        let codes: Vec<String> = codes.split('/').map(|code| code.trim().to_lowercase()).collect();
        let [objecttype, register, soort] = codes.try_into().map_err(|_| NoZaakspelling)?;
        let sleutel = match sleutel.trim() {
            "uuid" => Zaaksleutel::Uuid,
            "identificatie" => Zaaksleutel::Identificatie,
            _ => return Err(NoZaakspelling),
        };
        let filled = [&objecttype, &register, &soort].iter().all(|code| !code.is_empty());
        filled.then_some(Self { objecttype, register, soort, sleutel }).ok_or(NoZaakspelling)
    }
}

impl Zaakspelling {
    fn fits(&self, key: &Identificator) -> bool {
        let same = |own: &str, code: &str| own == ELKE || own == code.to_lowercase();
        same(&self.objecttype, &key.code_objecttype)
            && same(&self.register, &key.code_register)
            && same(&self.soort, &key.code_soort_object_id)
    }
}

/// The spellings of a gemeente, in the order in which they are tried. A link that none of them fits
/// is of something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zaakspellingen(Vec<Zaakspelling>);

impl Default for Zaakspellingen {
    /// The standard's own, and those of widespread clients: KISS and ITA write `zgw-Zaak`, Open
    /// Inwoner the `identificatie`; ZAC and GZAC differ from the standard in the register only.
    fn default() -> Self {
        use Zaaksleutel::{Identificatie, Uuid};
        let rows = [
            ("zgw-zaak", "uuid", Uuid),
            ("zgw-zaak", "identificatie", Identificatie),
            ("zaak", "zaakidentificatie", Identificatie),
            ("zaak", "identificatie", Identificatie),
            ("zaak", ELKE, Uuid),
        ];
        Self::from_iter(rows.map(|(objecttype, soort, sleutel)| Zaakspelling {
            objecttype: objecttype.to_owned(),
            register: ELKE.to_owned(),
            soort: soort.to_owned(),
            sleutel,
        }))
    }
}

impl FromIterator<Zaakspelling> for Zaakspellingen {
    fn from_iter<T: IntoIterator<Item = Zaakspelling>>(spellingen: T) -> Self {
        Self(spellingen.into_iter().collect())
    }
}

impl Zaakspellingen {
    /// By which key this names a zaak; `None` when it names something else.
    pub(super) fn sleutel(&self, key: &Identificator) -> Option<Zaaksleutel> {
        self.0.iter().find(|spelling| spelling.fits(key)).map(|spelling| spelling.sleutel)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(objecttype: &str, register: &str, soort: &str) -> Identificator {
        Identificator {
            code_objecttype: objecttype.to_owned(),
            code_soort_object_id: soort.to_owned(),
            object_id: "1".to_owned(),
            code_register: register.to_owned(),
        }
    }

    #[test]
    fn the_spellings_of_known_clients_are_a_zaak() {
        let spellingen = Zaakspellingen::default();
        for (objecttype, register, soort, sleutel) in [
            ("zgw-Zaak", "openzaak", "uuid", Some(Zaaksleutel::Uuid)),
            ("zaak", "open-zaak", "uuid", Some(Zaaksleutel::Uuid)),
            ("zaak", "openzaak", "identificatie", Some(Zaaksleutel::Identificatie)),
            ("zaak", "zakenregister", "zaakidentificatie", Some(Zaaksleutel::Identificatie)),
            ("ZAAK", "eigen", "sleutel", Some(Zaaksleutel::Uuid)),
            ("onroerende_zaak", "brk", "uuid", None),
            ("zgw-Zaak", "openzaak", "url", None),
        ] {
            let found = spellingen.sleutel(&key(objecttype, register, soort));
            assert_eq!(found, sleutel, "{objecttype} {register} {soort}");
        }
    }

    #[test]
    fn the_first_spelling_that_fits_holds_and_no_other_is_a_zaak() {
        let read = |text: &str| text.parse::<Zaakspelling>().expect("a spelling");
        let spellingen: Zaakspellingen =
            [read("dossier/*/Nummer=identificatie"), read("Dossier/ *  /*=uuid")]
                .into_iter()
                .collect();
        let found = |soort| spellingen.sleutel(&key("DOSSIER", "archief", soort));
        assert_eq!(found("nummer"), Some(Zaaksleutel::Identificatie));
        assert_eq!(found("id"), Some(Zaaksleutel::Uuid));
        assert_eq!(spellingen.sleutel(&key("zaak", "zakenregister", "uuid")), None);
    }

    #[test]
    fn what_is_no_spelling_is_refused() {
        for text in ["", "zaak", "zaak/*=uuid", "zaak/*/uuid", "zaak//uuid=uuid", "a/b/c/d=uuid"] {
            assert_eq!(text.parse::<Zaakspelling>(), Err(NoZaakspelling), "{text}");
        }
        assert_eq!("zaak/*/uuid=nummer".parse::<Zaakspelling>(), Err(NoZaakspelling));
    }

    #[test]
    fn the_documentation_tells_the_default() {
        let text = include_str!("../../../docs/projecties.md");
        let told = text.lines().find(|line| line.starts_with("zgw-Zaak/*/uuid=")).expect("it");
        let told = told.split(',').map(|one| one.parse::<Zaakspelling>().expect("a spelling"));
        assert_eq!(told.collect::<Zaakspellingen>(), Zaakspellingen::default());
    }
}
