//! Settings of the information products: who sees what, terms, and what a request may cost.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{Months, NaiveDate, TimeDelta};
use clap::{ArgAction, Args};
use graphql::{Analyse, Explorer, Limits, VertrouwelijkBeleid, Weergave};
use projector::products::{Inrichting, Zaakspelling, Zaakspellingen};
use read_side::analyse::Toegestaan;
use read_side::bewaaroverzicht::Bewaartermijnen;
use read_side::werkdagen::Termijn;

use super::questions::QuestionSettings;
use super::subscriptions::SubscriptionArgs;
use super::values::{date, months, seconds, weergave};
use crate::omgeving::Omgeving;

/// Settings of the information products.
#[derive(Debug, Clone, Args)]
pub struct ProductSettings {
    /// How each audience meets confidential contacts.
    #[command(flatten)]
    pub confidential: ConfidentialSettings,
    /// What is part of the rows.
    #[command(flatten)]
    pub rows: RowSettings,
    /// Which counts analysts are shown.
    #[command(flatten)]
    pub cells: CellSettings,
    /// What one request may cost.
    #[command(flatten)]
    pub limits: LimitSettings,
    /// Which questions may be asked.
    #[command(flatten)]
    pub questions: QuestionSettings,
    /// How is told that something changed.
    #[command(flatten)]
    pub subscriptions: SubscriptionArgs,
}

impl ProductSettings {
    /// The settings as the GraphQL side takes them, where the service runs.
    #[must_use]
    pub fn graphql(&self, omgeving: Omgeving) -> graphql::Settings {
        graphql::Settings {
            vertrouwelijk: self.confidential.policy(),
            limits: self.limits.limits(),
            documents: self.questions.policy(),
            introspection: self.questions.introspection(omgeving),
            explorer: match omgeving {
                Omgeving::Productie => Explorer::Production,
                Omgeving::Ontwikkeling => Explorer::Development,
            },
            termijn: self.rows.term.termijn(),
            verborgen_kanalen: self.rows.term.verborgen_kanalen(),
            bewaartermijnen: self.rows.term.bewaartermijnen(),
            inzage_medewerkers: self.confidential.inzage_medewerkers,
            analyse: Analyse {
                drempel: self.cells.analyse_drempel,
                afronding: self.cells.analyse_afronding,
                toegestaan: self.rows.counted.toegestaan(),
                per_behandelaar: self.cells.voorraad_per_behandelaar,
            },
            achterstand_max: TimeDelta::from_std(self.rows.term.max_lag).unwrap_or(TimeDelta::MAX),
            wacht_max: self.rows.term.wait_max,
            time_limit: self.limits.query_time_limit,
            subscriptions: self.subscriptions.settings(),
        }
    }
}

/// How each audience meets confidential contacts.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Confidential contacts: shown, without their content, or not at all")]
pub struct ConfidentialSettings {
    /// To a burger, of its own contacts
    #[arg(long, env = "KLANTBEELD_VERTROUWELIJK_BURGER_ZELF", value_name = "HOW")]
    #[arg(value_parser = weergave(), default_value = "tonen")]
    pub vertrouwelijk_burger_zelf: Weergave,

    /// To a burger, of contacts in which others took part too
    #[arg(long, env = "KLANTBEELD_VERTROUWELIJK_BURGER_DEELNEMER", value_name = "HOW")]
    #[arg(value_parser = weergave(), default_value = "verbergen")]
    pub vertrouwelijk_burger_deelnemer: Weergave,

    /// To the customer contact centre
    #[arg(long, env = "KLANTBEELD_VERTROUWELIJK_KCC", value_name = "HOW")]
    #[arg(value_parser = weergave(), default_value = "maskeren")]
    pub vertrouwelijk_kcc: Weergave,

    /// To an employee who handles the case
    #[arg(long, env = "KLANTBEELD_VERTROUWELIJK_BEHANDELAAR", value_name = "HOW")]
    #[arg(value_parser = weergave(), default_value = "tonen")]
    pub vertrouwelijk_behandelaar: Weergave,

    /// In the dossier of a person (inzage)
    #[arg(long, env = "KLANTBEELD_VERTROUWELIJK_INZAGE", value_name = "HOW")]
    #[arg(value_parser = weergave(), default_value = "tonen")]
    pub vertrouwelijk_inzage: Weergave,

    /// Whether the dossier of a person (inzage) names medewerkers; otherwise it says how many
    #[arg(long, env = "KLANTBEELD_INZAGE_MEDEWERKERS", value_name = "BOOL")]
    #[arg(action = ArgAction::Set, default_value_t = false)]
    pub inzage_medewerkers: bool,
}

impl ConfidentialSettings {
    const fn policy(&self) -> VertrouwelijkBeleid {
        VertrouwelijkBeleid {
            burger_zelf: self.vertrouwelijk_burger_zelf,
            burger_deelnemer: self.vertrouwelijk_burger_deelnemer,
            kcc: self.vertrouwelijk_kcc,
            behandelaar: self.vertrouwelijk_behandelaar,
            inzage: self.vertrouwelijk_inzage,
        }
    }
}

/// What is part of the rows: a rebuild is given the same.
#[derive(Debug, Clone, Args)]
pub struct RowSettings {
    /// Terms.
    #[command(flatten)]
    pub term: TermSettings,
    /// What may be counted by.
    #[command(flatten)]
    pub counted: CountedSettings,
    /// What is one and the same.
    #[command(flatten)]
    pub vocabulary: VocabularySettings,
}

impl RowSettings {
    /// The settings as the projector takes them.
    #[must_use]
    pub fn inrichting(&self) -> Inrichting {
        Inrichting {
            termijn: self.term.termijn(),
            verborgen_kanalen: self.term.verborgen_kanalen(),
            toegestaan: self.counted.toegestaan(),
            zaakspellingen: self.vocabulary.zaakspellingen(),
            actoren_samenvoegen: self.vocabulary.actoren_samenvoegen,
        }
    }
}

/// What is one and the same, however it was recorded.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "One vocabulary (another setting asks a rebuild)")]
pub struct VocabularySettings {
    /// What links to a zaak look like, the first that fits holds: OBJECTTYPE/REGISTER/SOORT=KEY, by
    /// commas; * for any code, capitals aside, KEY is uuid or identificatie [default: those of the
    /// standard, KISS, ITA, ZAC, Open Inwoner and GZAC]
    #[arg(long, env = "KLANTBEELD_ZAAK_SPELLINGEN", value_name = "SPELLING")]
    #[arg(value_delimiter = ',')]
    pub zaak_spellingen: Vec<Zaakspelling>,

    /// Whether actoren with the same e-mail address or actoridentificator are one
    #[arg(long, env = "KLANTBEELD_ACTOREN_SAMENVOEGEN", value_name = "BOOL")]
    #[arg(action = ArgAction::Set, default_value_t = true)]
    pub actoren_samenvoegen: bool,
}

impl VocabularySettings {
    fn zaakspellingen(&self) -> Zaakspellingen {
        match self.zaak_spellingen.is_empty() {
            true => Zaakspellingen::default(),
            false => self.zaak_spellingen.iter().cloned().collect(),
        }
    }
}

/// What of free input may be counted by.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Counting for analysts")]
pub struct CountedSettings {
    /// Keys of a klantcontact's metadata that may be counted by, by commas: those with codes, never
    /// with text; empty = none
    #[arg(long, env = "KLANTBEELD_ANALYSE_METADATA", value_name = "KEY", value_delimiter = ',')]
    #[arg(default_value = read_side::analyse::GESPREKSRESULTAAT)]
    pub analyse_metadata: Vec<String>,

    /// Values of gevraagdeHandeling that are codes and may be counted by, by commas; what is not
    /// among them is text [default: none]
    #[arg(long, env = "KLANTBEELD_ANALYSE_HANDELINGEN", value_name = "VALUE")]
    #[arg(value_delimiter = ',')]
    pub analyse_handelingen: Vec<String>,
}

impl CountedSettings {
    fn toegestaan(&self) -> Toegestaan {
        let named = |texts: &[String]| -> Vec<String> {
            let texts = texts.iter().map(|text| text.trim().to_owned());
            texts.filter(|text| !text.is_empty()).collect()
        };
        let handelingen =
            named(&self.analyse_handelingen).iter().map(|it| it.to_lowercase()).collect();
        Toegestaan { metadata: named(&self.analyse_metadata).into_iter().collect(), handelingen }
    }
}

/// Which counts are shown.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Counting for analysts")]
pub struct CellSettings {
    /// Fewest that a cell may count; smaller ones are left out
    #[arg(long, env = "KLANTBEELD_ANALYSE_DREMPEL", value_name = "N")]
    #[arg(default_value_t = Analyse::default().drempel)]
    pub analyse_drempel: u32,

    /// Counts are rounded to multiples of this, so that the difference of two tells nothing of a
    /// few; 1 = not
    #[arg(long, env = "KLANTBEELD_ANALYSE_AFRONDING", value_name = "N")]
    #[arg(default_value_t = Analyse::default().afronding)]
    #[arg(value_parser = clap::value_parser!(u32).range(1..))]
    pub analyse_afronding: u32,

    /// Whether who leads a team sees how its medewerkers stand, each by name
    #[arg(long, env = "KLANTBEELD_VOORRAAD_PER_BEHANDELAAR", value_name = "BOOL")]
    #[arg(action = ArgAction::Set, default_value_t = Analyse::default().per_behandelaar)]
    pub voorraad_per_behandelaar: bool,
}

/// Terms, and what else rows are made with.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Terms, and what rows are made with")]
pub struct TermSettings {
    /// Within how many hours on working days a contactverzoek should be done
    #[arg(long, env = "KLANTBEELD_TERMIJN_UREN", value_name = "HOURS", default_value_t = 48)]
    pub termijn_uren: u32,

    /// From how many remaining hours a contactverzoek is urgent
    #[arg(long, env = "KLANTBEELD_DRINGEND_UREN", value_name = "HOURS", default_value_t = 6)]
    pub dringend_uren: u32,

    /// Days of the gemeente's own on which nobody works, by commas, besides national holidays
    #[arg(long, env = "KLANTBEELD_VRIJE_DAGEN", value_name = "DATE")]
    #[arg(value_parser = date, value_delimiter = ',')]
    pub vrije_dagen: Vec<NaiveDate>,

    /// Channels whose contacts a burger does not see in its gesprekken, by commas: codes of the list
    #[arg(long, env = "KLANTBEELD_VERBORGEN_KANALEN", value_name = "CODE", value_delimiter = ',')]
    pub verborgen_kanalen: Vec<String>,

    /// After how many months without use a klantcontact may be destroyed [default: not decided]
    #[arg(long, env = "KLANTBEELD_BEWAARTERMIJN_KLANTCONTACT", value_name = "MONTHS")]
    #[arg(value_parser = months)]
    pub bewaartermijn_klantcontact: Option<Months>,

    /// After how many months without use a partij may be destroyed [default: not decided]
    #[arg(long, env = "KLANTBEELD_BEWAARTERMIJN_PARTIJ", value_name = "MONTHS")]
    #[arg(value_parser = months)]
    pub bewaartermijn_partij: Option<Months>,

    /// How many seconds a product may be behind and still call itself complete
    #[arg(long, env = "KLANTBEELD_MAX_LAG", value_name = "SECONDS")]
    #[arg(value_parser = seconds, default_value = "5")]
    pub max_lag: Duration,

    /// How many seconds a reader waits at most for what it has just written
    #[arg(long, env = "KLANTBEELD_WAIT_MAX", value_name = "SECONDS")]
    #[arg(value_parser = seconds, default_value = "3")]
    pub wait_max: Duration,
}

impl TermSettings {
    /// The term of a contactverzoek.
    #[must_use]
    pub fn termijn(&self) -> Termijn {
        Termijn {
            uren: self.termijn_uren,
            dringend_uren: self.dringend_uren,
            vrije_dagen: self.vrije_dagen.iter().copied().collect(),
        }
    }

    fn verborgen_kanalen(&self) -> BTreeSet<String> {
        let kanalen = self.verborgen_kanalen.iter().map(|code| code.trim().to_owned());
        kanalen.filter(|code| !code.is_empty()).collect()
    }

    /// After how long without use something may be destroyed.
    #[must_use]
    pub const fn bewaartermijnen(&self) -> Bewaartermijnen {
        Bewaartermijnen {
            klantcontact: self.bewaartermijn_klantcontact,
            partij: self.bewaartermijn_partij,
        }
    }
}

/// What one request may cost. Everything is decided before execution.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits of one GraphQL request")]
pub struct LimitSettings {
    /// Longest time, in seconds
    #[arg(long, env = "KLANTBEELD_QUERY_TIME_LIMIT", value_name = "SECONDS")]
    #[arg(value_parser = seconds, default_value = "10")]
    pub query_time_limit: Duration,

    /// Size of the body, in bytes
    #[arg(long, env = "KLANTBEELD_QUERY_BODY_BYTES", value_name = "N")]
    #[arg(default_value_t = Limits::default().body_bytes)]
    pub query_body_bytes: usize,

    /// Tokens in the text
    #[arg(long, env = "KLANTBEELD_QUERY_TOKENS", value_name = "N")]
    #[arg(default_value_t = Limits::default().tokens)]
    pub query_tokens: u64,

    /// Nesting of brackets in the text
    #[arg(long, env = "KLANTBEELD_QUERY_NESTING", value_name = "N")]
    #[arg(default_value_t = Limits::default().nesting)]
    pub query_nesting: u64,

    /// Fields and fragments, where they are used
    #[arg(long, env = "KLANTBEELD_QUERY_SELECTIONS", value_name = "N")]
    #[arg(default_value_t = Limits::default().selections)]
    pub query_selections: u64,

    /// Levels of fields
    #[arg(long, env = "KLANTBEELD_QUERY_DEPTH", value_name = "N")]
    #[arg(default_value_t = Limits::default().depth)]
    pub query_depth: u64,

    /// Fragments inside fragments
    #[arg(long, env = "KLANTBEELD_QUERY_FRAGMENTS", value_name = "N")]
    #[arg(default_value_t = Limits::default().fragments)]
    pub query_fragments: u64,

    /// Fields with an alias
    #[arg(long, env = "KLANTBEELD_QUERY_ALIASES", value_name = "N")]
    #[arg(default_value_t = Limits::default().aliases)]
    pub query_aliases: u64,

    /// Fields that stand in one place a second time
    #[arg(long, env = "KLANTBEELD_QUERY_REPEATS", value_name = "N")]
    #[arg(default_value_t = Limits::default().repeats)]
    pub query_repeats: u64,

    /// Fields of the root
    #[arg(long, env = "KLANTBEELD_QUERY_ROOT_FIELDS", value_name = "N")]
    #[arg(default_value_t = Limits::default().root_fields)]
    pub query_root_fields: u64,

    /// Directives
    #[arg(long, env = "KLANTBEELD_QUERY_DIRECTIVES", value_name = "N")]
    #[arg(default_value_t = Limits::default().directives)]
    pub query_directives: u64,

    /// Lists inside lists when the schema itself is asked
    #[arg(long, env = "KLANTBEELD_QUERY_INTROSPECTION_LISTS", value_name = "N")]
    #[arg(default_value_t = Limits::default().introspection_lists)]
    pub query_introspection_lists: u64,

    /// Estimated number of values in the answer
    #[arg(long, env = "KLANTBEELD_QUERY_COST", value_name = "N")]
    #[arg(default_value_t = Limits::default().cost)]
    pub query_cost: u64,

    /// Size of the answer, in bytes
    #[arg(long, env = "KLANTBEELD_QUERY_ANSWER_BYTES", value_name = "N")]
    #[arg(default_value_t = Limits::default().answer_bytes)]
    pub query_answer_bytes: usize,
}

impl LimitSettings {
    /// The limits as the GraphQL side takes them.
    #[must_use]
    pub const fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.query_body_bytes,
            tokens: self.query_tokens,
            nesting: self.query_nesting,
            selections: self.query_selections,
            depth: self.query_depth,
            fragments: self.query_fragments,
            aliases: self.query_aliases,
            repeats: self.query_repeats,
            root_fields: self.query_root_fields,
            directives: self.query_directives,
            introspection_lists: self.query_introspection_lists,
            cost: self.query_cost,
            answer_bytes: self.query_answer_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use access::Rol;
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Only {
        #[command(flatten)]
        products: ProductSettings,
    }

    #[test]
    fn the_defaults_are_those_of_the_products_themselves() {
        let only = Only::parse_from(["klantbeeld"]);
        let of_tests = only.products.graphql(Omgeving::Ontwikkeling);
        assert_eq!(of_tests, graphql::Settings::default());
        let of_a_municipality = only.products.graphql(Omgeving::Productie);
        let introspection = graphql::Introspection::none();
        let explorer = Explorer::Production;
        assert_eq!(of_a_municipality, graphql::Settings { introspection, explorer, ..of_tests });
        assert_eq!(only.products.rows.inrichting(), Inrichting::default());
    }

    #[test]
    fn a_flag_reaches_the_products() {
        let only = Only::parse_from([
            "klantbeeld",
            "--vertrouwelijk-kcc=verbergen",
            "--termijn-uren=24",
            "--verborgen-kanalen=chatbot, post",
            "--vrije-dagen=2026-05-01,2026-05-04",
            "--query-cost=7",
            "--trusted-documents=only",
            "--free-questions=analist,beheerder",
            "--introspection=analist",
            "--analyse-drempel=20",
            "--analyse-metadata=productgroep, taak",
            "--analyse-handelingen=Terugbellen",
            "--voorraad-per-behandelaar=false",
            "--zaak-spellingen=dossier/*/nummer=identificatie,zaak/*/*=uuid",
            "--actoren-samenvoegen=false",
            "--bewaartermijn-partij=60",
            "--subscriptions-max=9",
            "--subscriptions-per-bearer=3",
            "--subscriptions-poll=20",
            "--subscriptions-keep-alive=30",
        ]);
        let rows = only.products.rows.inrichting();
        let spellings = ["dossier/*/nummer=identificatie", "zaak/*/*=uuid"];
        let spellings = spellings.map(|text| text.parse().expect("a spelling"));
        assert_eq!(rows.zaakspellingen, spellings.into_iter().collect());
        assert!(!rows.actoren_samenvoegen);
        let settings = only.products.graphql(Omgeving::Productie);
        assert_eq!(settings.vertrouwelijk.kcc, Weergave::Verbergen);
        assert_eq!((settings.termijn.uren, settings.termijn.vrije_dagen.len()), (24, 2));
        assert_eq!(settings.limits.cost, 7);
        let kanalen = ["chatbot", "post"].map(str::to_owned).into();
        assert_eq!(settings.verborgen_kanalen, kanalen);
        assert_eq!(only.products.rows.inrichting().verborgen_kanalen, kanalen);
        assert_eq!(settings.documents.trusted, graphql::TrustedDocuments::Only);
        assert_eq!(settings.documents.free_roles.len(), 2);
        let introspection = BTreeSet::from([Rol::Analist]);
        assert_eq!(settings.introspection, graphql::Introspection(introspection));
        let none = Only::parse_from(["klantbeeld", "--introspection=geen"]);
        let none = none.products.graphql(Omgeving::Ontwikkeling).introspection;
        assert_eq!(none, graphql::Introspection::none());
        assert!(Only::try_parse_from(["klantbeeld", "--introspection=geen,kcc"]).is_err());
        assert!(Only::try_parse_from(["klantbeeld", "--free-questions=koning"]).is_err());
        assert_eq!((settings.analyse.drempel, settings.analyse.afronding), (20, 5));
        assert!(!settings.analyse.per_behandelaar);
        let toegestaan = &settings.analyse.toegestaan;
        assert!(toegestaan.metadata.iter().eq(["productgroep", "taak"]));
        assert_eq!(toegestaan.handeling(" terugBELLEN"), Some("terugbellen"));
        assert_eq!(only.products.rows.inrichting().toegestaan, *toegestaan);
        let none = Only::parse_from(["klantbeeld", "--analyse-metadata="]);
        assert!(none.products.graphql(Omgeving::Productie).analyse.toegestaan.metadata.is_empty());
        assert_eq!(settings.bewaartermijnen.partij, Some(Months::new(60)));
        assert_eq!(settings.bewaartermijnen.klantcontact, None);
        let subscriptions = settings.subscriptions;
        assert_eq!((subscriptions.max, subscriptions.per_bearer), (9, 3));
        assert_eq!(subscriptions.poll, Duration::from_millis(20));
        assert_eq!(subscriptions.keep_alive, Duration::from_secs(30));
    }
}
