//! An issuer that changes its keys, and one that cannot be asked.

use chrono::TimeDelta;

use super::uitgever::{Gedrag, Uitgever};
use super::{Antwoord, Opstelling};
use crate::support::{join_all, until};

/// Metadata and keys: what asking an issuer once takes.
const EEN_KEER: usize = 2;

impl Opstelling {
    /// The statuses for a fresh token under the issuer's first key, and under its next.
    async fn oud(&self) -> [u16; 2] {
        self.statussen(&self.eigen.sleutel().teken(&self.claims())).await
    }

    async fn nieuw(&self) -> [u16; 2] {
        self.statussen(&self.eigen.nieuwe_sleutel().teken(&self.claims())).await
    }
}

#[tokio::test]
async fn a_key_that_came_in_works_before_the_first_refresh_and_one_that_went_out_ends() {
    let opstelling = Opstelling::start().await;
    let eigen = &opstelling.eigen;
    assert_eq!(opstelling.oud().await, [200, 200]);
    assert_eq!(eigen.gevraagd(), EEN_KEER, "asked once, whoever comes");
    eigen.geeft(&[eigen.sleutel(), eigen.nieuwe_sleutel()]);
    assert_eq!(opstelling.nieuw().await, [200, 200]);
    assert_eq!(opstelling.oud().await, [200, 200], "both, while the issuer gives both");
    assert_eq!(eigen.gevraagd(), 2 * EEN_KEER);

    eigen.geeft(&[eigen.nieuwe_sleutel()]);
    opstelling.klok.vooruit(TimeDelta::hours(12));
    until("the key that went out to be refused", || async {
        (opstelling.oud().await == [401, 401]).then_some(())
    })
    .await;
    assert_eq!(opstelling.nieuw().await, [200, 200]);
}

#[tokio::test]
async fn everybody_who_comes_while_a_key_is_new_gets_in() {
    let opstelling = Opstelling::start().await;
    let eigen = &opstelling.eigen;
    assert_eq!(opstelling.oud().await, [200, 200]);
    eigen.geeft(&[eigen.nieuwe_sleutel()]);
    let all = join_all((0..10).map(|_| opstelling.nieuw())).await;
    assert!(all.iter().all(|statuses| *statuses == [200, 200]), "{all:?}");
    assert_eq!(eigen.gevraagd(), 2 * EEN_KEER, "asked once for all of them");
}

#[tokio::test]
async fn for_keys_that_do_not_exist_an_issuer_is_asked_once_a_minute() {
    let opstelling = Opstelling::start().await;
    let eigen = &opstelling.eigen;
    assert_eq!(opstelling.oud().await, [200, 200]);
    let before = opstelling.andere.gevraagd();
    for _ in 0..5 {
        assert_eq!(opstelling.nieuw().await, [401, 401]);
    }
    assert_eq!(eigen.gevraagd(), 2 * EEN_KEER);
    opstelling.klok.vooruit(TimeDelta::seconds(59));
    assert_eq!(opstelling.nieuw().await, [401, 401]);
    assert_eq!(eigen.gevraagd(), 2 * EEN_KEER);
    opstelling.klok.vooruit(TimeDelta::seconds(1));
    assert_eq!(opstelling.nieuw().await, [401, 401]);
    assert_eq!(eigen.gevraagd(), 3 * EEN_KEER);
    assert_eq!(opstelling.andere.gevraagd(), before, "the other issuer is left alone");
}

#[tokio::test]
async fn the_last_keys_are_used_for_a_day_and_then_nobody_gets_in() {
    let opstelling = Opstelling::start().await;
    assert_eq!(opstelling.oud().await, [200, 200]);
    opstelling.eigen.doet(Gedrag::Stuk);
    opstelling.klok.vooruit(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(opstelling.oud().await, [200, 200]);
    opstelling.klok.vooruit(TimeDelta::seconds(1));
    niet_te_beoordelen(&opstelling).await;
    let foreign = opstelling.andere.sleutel();
    let mut claims = opstelling.claims();
    claims["iss"] = opstelling.andere.url().into();
    assert_eq!(opstelling.statussen(&foreign.teken(&claims)).await, [200, 200], "the other issuer");

    opstelling.eigen.doet(Gedrag::Goed);
    opstelling.klok.vooruit(TimeDelta::seconds(10));
    assert_eq!(opstelling.oud().await, [200, 200], "it is back");
}

/// Closed, and not the bearer's fault.
async fn niet_te_beoordelen(opstelling: &Opstelling) {
    let token = opstelling.eigen.sleutel().teken(&opstelling.claims());
    for answer in opstelling.antwoorden("", &[&format!("Bearer {token}")]).await {
        let Antwoord { status, content_type, challenge, body } = answer;
        assert_eq!(status, 503, "{body}");
        assert_eq!((content_type.as_str(), challenge), ("application/problem+json", None));
    }
}

#[tokio::test]
async fn an_issuer_is_believed_only_within_bounds() {
    let elders = Uitgever::start(1).await;
    for gedrag in [
        Gedrag::Stuk,
        Gedrag::AndereNaam,
        Gedrag::Doorverwijzing(format!("{}/.well-known/openid-configuration", elders.url())),
        Gedrag::Groot,
    ] {
        let opstelling = Opstelling::start().await;
        opstelling.eigen.doet(gedrag.clone());
        niet_te_beoordelen(&opstelling).await;
        let asked = opstelling.eigen.gevraagd();
        niet_te_beoordelen(&opstelling).await;
        assert_eq!(opstelling.eigen.gevraagd(), asked, "not asked again at once: {gedrag:?}");
    }
    for jwks in ["http://id.example.nl/jwks", "file:///etc/hostname", "geen adres"] {
        let opstelling = Opstelling::start().await;
        opstelling.eigen.heeft_sleutels_op(jwks);
        niet_te_beoordelen(&opstelling).await;
    }
    assert_eq!(elders.gevraagd(), 0, "no redirect is followed");
}
