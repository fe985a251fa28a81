//! Each screen: first whether the sides say the same, then how fast.

use serde_json::{Value, json};

use super::ReadError;
use super::history::Histories;
use super::load::Target;
use super::postgraphile::PostGraphile;
use super::process::Server;
use super::questions::{KLANTBEELD_VIJF, Scherm};
use super::report::{Aim, Report, fastest, named};
use super::same::same;
use super::service::{Service, free, trusted};
use super::turns::{Figures, Pace, Side, measure};
use super::world::World;

/// Clients that ask at the same time.
const CLIENTS: [usize; 2] = [1, 8];
/// What the sides are called.
const FLOOR: &str = "floor: statements";
const FLOOR_JSON: &str = "floor: JSON by PostgreSQL";
const TRUSTED: &str = "service, registered document";
const FREE: &str = "service, free question";
const FEW: &str = "5 contacts";
const MANY: &str = "many contacts";
const ONE: &str = "one klantbeeld";
const HUNDRED: &str = "100 klantbeelden";

/// What measuring needs.
pub(super) struct Measuring<'a> {
    pub(super) world: &'a World,
    pub(super) service: &'a Service,
    pub(super) floor: &'a Server,
    pub(super) postgraphile: Option<&'a PostGraphile>,
    pub(super) pace: Pace,
    pub(super) report: Report,
}

impl Measuring<'_> {
    /// All screens, and what is compared besides.
    pub(super) async fn all(
        &mut self,
        histories: &Histories,
        hundred: &str,
    ) -> Result<(), ReadError> {
        for scherm in Scherm::ALL {
            self.screen(scherm).await?;
        }
        self.histories(histories).await?;
        self.hundred(hundred).await
    }

    async fn screen(&mut self, scherm: Scherm) -> Result<(), ReadError> {
        let keys = scherm.sample(&self.world.pool).await?;
        let document = scherm.document();
        let asked = |question: Value| {
            self.service.asked(scherm.claims(&keys), scherm.bodies(&keys, &question))
        };
        let ours = asked(trusted(document))?;
        let side = |name, server, target, base| Side { name, server, target, base };
        let mut sides =
            vec![side(FLOOR, self.floor, self.by_hand("statements", scherm, &keys), true)];
        if scherm == Scherm::Klantbeeld {
            sides.push(side(FLOOR_JSON, self.floor, self.by_hand("json", scherm, &keys), true));
        }
        for side in &sides {
            same(scherm, &keys, &ours, (side.name, &side.target)).await?;
        }
        sides.push(side(TRUSTED, &self.service.server, ours, false));
        sides.push(side(FREE, &self.service.server, asked(free(document))?, false));
        if let Some(postgraphile) = self.postgraphile.filter(|_| scherm == Scherm::Klantbeeld) {
            postgraphile.check(&sides[0].target, &keys).await?;
            sides.extend(postgraphile.sides(&keys));
        }
        for clients in CLIENTS {
            let all = measure(self.world, &sides, clients, self.pace).await?;
            self.report.screen(scherm.name(), clients, &all);
            self.aims(scherm, clients, &all);
        }
        Ok(())
    }

    /// The floor's answers for these objects.
    fn by_hand(&self, way: &str, scherm: Scherm, keys: &[String]) -> Target {
        Target {
            address: self.floor.address,
            path: format!("/{way}/{}", scherm.path()),
            token: None,
            bodies: keys.iter().map(|key| json!({ "key": key }).to_string().into()).collect(),
        }
    }

    fn aims(&mut self, scherm: Scherm, clients: usize, all: &[Figures]) {
        let (Some(floor), Some(ours)) = (fastest(all), named(all, TRUSTED)) else { return };
        let slower = ours.percentile(50) / floor.percentile(50);
        let what = format!("{}, {clients} clients: p50 against the floor", scherm.name());
        let mut aim = |what: String, value, limit, least, unit| {
            self.report.aim(Aim { what, value, limit, least, unit });
        };
        match (scherm, clients) {
            (Scherm::Klantbeeld, 8) => {
                aim(what, slower, 1.3, false, " x");
                let faster = |other: &Figures| ours.rate() / other.rate();
                let told = |against| format!("klantbeeld, 8 clients: per second against {against}");
                aim(told("the floor"), faster(floor), 0.75, true, " x");
                for (name, limit) in [(PostGraphile::READ, 3.0), (PostGraphile::REGISTER, 8.0)] {
                    if let Some(other) = named(all, name) {
                        aim(told(name), faster(other), limit, true, " x");
                    }
                }
            }
            (Scherm::Werkvoorraad | Scherm::ZaakContacthistorie | Scherm::MijnGesprekken, 8) => {
                aim(what, slower, 2.0, false, " x");
            }
            (Scherm::ZoekNaam | Scherm::ZoekTelefoon | Scherm::ZoekEmail, 8) => {
                aim(what, slower, 2.0, false, " x");
                let what = format!("{}, 8 clients: p99", scherm.name());
                aim(what, ours.percentile(99), 20.0, false, " ms");
            }
            _ => {}
        }
    }

    /// The same screen of a klant with few contacts, and of one with many.
    async fn histories(&mut self, histories: &Histories) -> Result<(), ReadError> {
        let asked = |klant: &str| {
            let keys = [klant.to_owned()];
            let bodies = Scherm::Klantbeeld.bodies(&keys, &trusted(KLANTBEELD_VIJF));
            self.service.asked(Scherm::Klantbeeld.claims(&keys), bodies)
        };
        let server = &self.service.server;
        let sides = [
            Side { name: FEW, server, target: asked(&histories.few)?, base: true },
            Side { name: MANY, server, target: asked(&histories.many)?, base: false },
        ];
        for clients in CLIENTS {
            let all = measure(self.world, &sides, clients, self.pace).await?;
            self.report.screen("klantbeeld, 5 newest", clients, &all);
            let value = all[1].percentile(50) / all[0].percentile(50);
            let what = format!(
                "klantbeeld of {} contacts, {clients} clients: p50 against that of 5",
                histories.contacten
            );
            self.report.aim(Aim { what, value, limit: 1.3, least: false, unit: " x" });
        }
        Ok(())
    }

    /// Many klantbeelden in one request, and one.
    async fn hundred(&mut self, document: &str) -> Result<(), ReadError> {
        let keys = Scherm::Klantbeeld.sample(&self.world.pool).await?;
        let claims = Scherm::Klantbeeld.claims(&keys);
        let one = Scherm::Klantbeeld.bodies(&keys, &trusted(KLANTBEELD_VIJF));
        let variables: serde_json::Map<String, Value> = (0..100)
            .map(|number| (format!("k{number}"), json!(keys[number % keys.len()])))
            .collect();
        let mut body = trusted(document);
        body["variables"] = variables.into();
        let server = &self.service.server;
        let many = self.service.asked(claims.clone(), vec![body.to_string().into()])?;
        let sides = [
            Side { name: ONE, server, target: self.service.asked(claims, one)?, base: true },
            Side { name: HUNDRED, server, target: many, base: false },
        ];
        let all = measure(self.world, &sides, 1, self.pace).await?;
        self.report.screen("klantbeelden, 5 newest of each", 1, &all);
        let value = all[1].percentile(50) / all[0].percentile(50);
        let what = "100 klantbeelden in one request: p50 against one".to_owned();
        self.report.aim(Aim { what, value, limit: 15.0, least: false, unit: " x" });
        Ok(())
    }
}
