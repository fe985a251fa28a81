//! Settings of the information products: who sees what, terms, and what a request may cost.

use std::time::Duration;

use chrono::{Months, NaiveDate, TimeDelta};
use clap::Args;
use graphql::{Limits, VertrouwelijkBeleid, Weergave};
use read_side::bewaaroverzicht::Bewaartermijnen;
use read_side::werkdagen::Termijn;

use super::values::{date, months, seconds, weergave};

/// Settings of the information products.
#[derive(Debug, Clone, Args)]
pub struct ProductSettings {
    /// How each audience meets confidential contacts.
    #[command(flatten)]
    pub confidential: ConfidentialSettings,
    /// Terms.
    #[command(flatten)]
    pub term: TermSettings,
    /// What one request may cost.
    #[command(flatten)]
    pub limits: LimitSettings,
}

impl ProductSettings {
    /// The settings as the GraphQL side takes them.
    #[must_use]
    pub fn graphql(&self) -> graphql::Settings {
        graphql::Settings {
            vertrouwelijk: self.confidential.policy(),
            limits: self.limits.limits(),
            termijn: self.term.termijn(),
            bewaartermijnen: self.term.bewaartermijnen(),
            achterstand_max: TimeDelta::from_std(self.term.max_lag).unwrap_or(TimeDelta::MAX),
            time_limit: self.limits.query_time_limit,
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
}

impl ConfidentialSettings {
    const fn policy(&self) -> VertrouwelijkBeleid {
        VertrouwelijkBeleid {
            burger_zelf: self.vertrouwelijk_burger_zelf,
            burger_deelnemer: self.vertrouwelijk_burger_deelnemer,
            kcc: self.vertrouwelijk_kcc,
            behandelaar: self.vertrouwelijk_behandelaar,
        }
    }
}

/// Terms.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Terms")]
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
}

impl TermSettings {
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
}

impl LimitSettings {
    const fn limits(&self) -> Limits {
        Limits {
            body_bytes: self.query_body_bytes,
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
        }
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(only.products.graphql(), graphql::Settings::default());
    }

    #[test]
    fn a_flag_reaches_the_products() {
        let only = Only::parse_from([
            "klantbeeld",
            "--vertrouwelijk-kcc=verbergen",
            "--termijn-uren=24",
            "--vrije-dagen=2026-05-01,2026-05-04",
            "--query-cost=7",
            "--bewaartermijn-partij=60",
        ]);
        let settings = only.products.graphql();
        assert_eq!(settings.vertrouwelijk.kcc, Weergave::Verbergen);
        assert_eq!((settings.termijn.uren, settings.termijn.vrije_dagen.len()), (24, 2));
        assert_eq!(settings.limits.cost, 7);
        assert_eq!(settings.bewaartermijnen.partij, Some(Months::new(60)));
        assert_eq!(settings.bewaartermijnen.klantcontact, None);
    }
}
