//! How long an interne taak was whose, from its course: what stood at a moment, and what came and
//! went in a period, can be counted from these without looking at events again.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use events::{Objectsoort, SoortActor};
use read_side::voorraad::Deel;
use uuid::Uuid;

use super::super::bronnen::Bronnen;
use super::super::table::{Rows, Table, moment, text};
use crate::toestanden::{TaakToestand, Taakstap};

pub(super) const VOORRAADPERIODEN: Table = Table {
    name: "voorraadperioden",
    root: Objectsoort::InterneTaak,
    root_column: "taak_id",
    key: &["taak_id", "volgnummer"],
    columns: &[
        ("taak_id", "uuid"),
        ("volgnummer", "integer"),
        ("team", "uuid"),
        ("deel", "text"),
        ("behandelaar", "uuid"),
        ("vanaf", "timestamptz"),
        ("tot", "timestamptz"),
        ("streefdatum", "timestamptz"),
        ("contact_op", "timestamptz"),
    ],
    feeds: None,
};

/// The end of what has not ended, as PostgreSQL writes it.
const NOOIT: &str = "infinity";

/// A team and a part of it.
type Plaats = (Uuid, Deel);

/// As long as a taak was open and of this part of a team.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Periode {
    plaats: Plaats,
    vanaf: DateTime<Utc>,
    tot: Option<DateTime<Utc>>,
}

/// Adds the rows of a taak; `termen` are when its contact was and when it should be done.
pub(super) fn add(
    rows: &mut Rows,
    bronnen: &Bronnen<'_>,
    state: &TaakToestand,
    (contact_op, streefdatum): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
) {
    let soort = |id: Uuid| bronnen.actor(id).map(|actor| actor.soort_actor);
    for (volgnummer, periode) in perioden(&state.verloop, soort).into_iter().enumerate() {
        let (team, deel) = periode.plaats;
        rows.push([
            text(state.taak.id),
            text(volgnummer),
            text(team),
            text(deel.code()),
            deel.behandelaar().and_then(text),
            moment(periode.vanaf),
            periode.tot.map_or_else(|| text(NOOIT), moment),
            streefdatum.and_then(moment),
            contact_op.and_then(moment),
        ]);
    }
}

/// The first team of those to whom a taak is assigned.
pub(super) fn first_team(bronnen: &Bronnen<'_>, state: &TaakToestand) -> Option<Uuid> {
    let is_team = |id: &Uuid| {
        let soort = bronnen.actor(*id).map(|actor| actor.soort_actor);
        soort == Some(SoortActor::OrganisatorischeEenheid)
    };
    state.taak.toegewezen_aan_actoren.iter().copied().find(is_team)
}

/// The periods of a course, in a fixed order. A step that is said to be earlier than the one before
/// it counts as at the same moment: so what came, less what went, is always what stands.
fn perioden(verloop: &[Taakstap], soort: impl Fn(Uuid) -> Option<SoortActor>) -> Vec<Periode> {
    let mut lopend: BTreeMap<Plaats, DateTime<Utc>> = BTreeMap::new();
    let mut ended = Vec::new();
    let mut op = DateTime::<Utc>::MIN_UTC;
    for stap in verloop {
        op = op.max(stap.op);
        let nu =
            if stap.feit.is_open() { plaatsen(&stap.actoren, &soort) } else { BTreeSet::new() };
        lopend.retain(|plaats, vanaf| {
            let stays = nu.contains(plaats);
            if !stays {
                ended.push(Periode { plaats: *plaats, vanaf: *vanaf, tot: Some(op) });
            }
            stays
        });
        for plaats in nu {
            lopend.entry(plaats).or_insert(op);
        }
    }
    ended.extend(lopend.into_iter().map(|(plaats, vanaf)| Periode { plaats, vanaf, tot: None }));
    ended.sort();
    ended
}

/// The parts of teams that have a taak which is assigned to these actoren.
fn plaatsen(actoren: &[Uuid], soort: &impl Fn(Uuid) -> Option<SoortActor>) -> BTreeSet<Plaats> {
    let of_soort =
        |wanted: SoortActor| actoren.iter().copied().filter(move |id| soort(*id) == Some(wanted));
    let mut plaatsen: BTreeSet<Plaats> =
        actoren.iter().filter(|id| soort(**id).is_none()).map(|id| (*id, Deel::Onbekend)).collect();
    for team in of_soort(SoortActor::OrganisatorischeEenheid) {
        plaatsen.insert((team, Deel::Geheel));
        plaatsen.extend(of_soort(SoortActor::Medewerker).map(|id| (team, Deel::Behandelaar(id))));
        if of_soort(SoortActor::Medewerker).next().is_none() {
            plaatsen.insert((team, Deel::Zonder));
        }
    }
    plaatsen
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::toestanden::Taakfeit;

    const TEAM: Uuid = Uuid::from_u128(1);
    const ANDER: Uuid = Uuid::from_u128(2);
    const NICOLE: Uuid = Uuid::from_u128(11);
    const ONBEKEND: Uuid = Uuid::from_u128(99);
    const ALL: [Uuid; 4] = [TEAM, ANDER, NICOLE, ONBEKEND];
    /// Moments at which steps happen.
    const MOMENTS: i64 = 12;

    fn soort(id: Uuid) -> Option<SoortActor> {
        match id {
            TEAM | ANDER => Some(SoortActor::OrganisatorischeEenheid),
            NICOLE => Some(SoortActor::Medewerker),
            _ => None,
        }
    }

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + chrono::TimeDelta::hours(hour)
    }

    fn stap(hour: i64, feit: Taakfeit, actoren: &[Uuid]) -> Taakstap {
        Taakstap { op: at(hour), feit, actoren: actoren.to_vec(), toelichting: None }
    }

    fn of(found: &[Periode], plaats: Plaats) -> Vec<(DateTime<Utc>, Option<DateTime<Utc>>)> {
        let mine = found.iter().filter(|periode| periode.plaats == plaats);
        mine.map(|periode| (periode.vanaf, periode.tot)).collect()
    }

    #[test]
    fn a_team_keeps_what_moves_within_it_and_gets_back_what_is_opened_again() {
        let found = perioden(
            &[
                stap(1, Taakfeit::Geregistreerd, &[TEAM]),
                stap(2, Taakfeit::Toegewezen, &[TEAM, NICOLE]),
                stap(4, Taakfeit::Afgehandeld, &[TEAM, NICOLE]),
                stap(6, Taakfeit::Heropend, &[TEAM, NICOLE]),
                stap(7, Taakfeit::Toegewezen, &[ANDER]),
            ],
            soort,
        );
        let twice = [(at(1), Some(at(4))), (at(6), Some(at(7)))];
        assert_eq!(of(&found, (TEAM, Deel::Geheel)), twice);
        assert_eq!(of(&found, (TEAM, Deel::Zonder)), [(at(1), Some(at(2)))]);
        let nicole = [(at(2), Some(at(4))), (at(6), Some(at(7)))];
        assert_eq!(of(&found, (TEAM, Deel::Behandelaar(NICOLE))), nicole);
        assert_eq!(of(&found, (ANDER, Deel::Geheel)), [(at(7), None)]);
        assert_eq!(of(&found, (ANDER, Deel::Zonder)), [(at(7), None)]);
    }

    #[test]
    fn what_is_said_to_be_done_before_it_came_was_never_there() {
        let steps =
            [stap(5, Taakfeit::Geregistreerd, &[TEAM]), stap(3, Taakfeit::Afgehandeld, &[TEAM])];
        let found = perioden(&steps, soort);
        assert_eq!(of(&found, (TEAM, Deel::Geheel)), [(at(5), Some(at(5)))]);
    }

    #[test]
    fn of_an_actor_that_is_not_known_yet_a_row_waits() {
        let found = perioden(&[stap(1, Taakfeit::Geregistreerd, &[ONBEKEND, TEAM])], soort);
        assert_eq!(of(&found, (ONBEKEND, Deel::Onbekend)), [(at(1), None)]);
    }

    fn steps() -> impl Strategy<Value = Vec<Taakstap>> {
        let feit = prop::sample::select(vec![
            Taakfeit::Toegewezen,
            Taakfeit::Afgehandeld,
            Taakfeit::Doorgestuurd,
            Taakfeit::Heropend,
        ]);
        let actoren = prop::sample::subsequence(ALL.to_vec(), 1..=ALL.len());
        let step = (0..MOMENTS, feit, actoren).prop_map(|(op, feit, who)| stap(op, feit, &who));
        prop::collection::vec(step, 1..8)
    }

    proptest! {
        /// What stood at the begin, and what came, less what went, is what stands at the end.
        #[test]
        fn nothing_comes_or_goes_unseen(
            steps in steps(), begin in 0..MOMENTS, length in 0..MOMENTS,
        ) {
            let found = perioden(&steps, soort);
            let (a, b) = (at(begin), at(begin + length));
            let count = |plaats: Plaats, fits: &dyn Fn(&Periode) -> bool| {
                let mine = found.iter().filter(|periode| periode.plaats == plaats);
                i64::try_from(mine.filter(|periode| fits(periode)).count()).expect("few")
            };
            for plaats in found.iter().map(|periode| periode.plaats).collect::<BTreeSet<_>>() {
                let staat = |peil: DateTime<Utc>| count(plaats, &|periode: &Periode| {
                    periode.vanaf < peil && periode.tot.is_none_or(|tot| tot >= peil)
                });
                let came = count(plaats, &|periode| (a..b).contains(&periode.vanaf));
                let went = count(plaats, &|periode| {
                    periode.tot.is_some_and(|tot| (a..b).contains(&tot))
                });
                prop_assert_eq!(staat(a) + came - went, staat(b));
            }
        }

        /// A part of a team never has a taak that the team does not have.
        #[test]
        fn a_part_is_never_more_than_the_whole(steps in steps(), hour in 0..MOMENTS) {
            let found = perioden(&steps, soort);
            let there = |plaats: Plaats| of(&found, plaats).into_iter().any(|(vanaf, tot)| {
                vanaf < at(hour) && tot.is_none_or(|tot| tot >= at(hour))
            });
            for team in [TEAM, ANDER] {
                let parts = [Deel::Zonder, Deel::Behandelaar(NICOLE)];
                let parts: Vec<bool> = parts.map(|deel| there((team, deel))).to_vec();
                prop_assert_eq!(there((team, Deel::Geheel)), parts.contains(&true));
            }
        }
    }
}
