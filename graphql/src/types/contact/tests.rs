use async_graphql::{EmptyMutation, EmptySubscription, Request, Schema};
use read_side::contact::{DeelnemerDocument, ObjectDocument, ZaakDocument};
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::policy::tests::bearer;
use crate::policy::{Publiek, VertrouwelijkBeleid, Weergave};

const KLANT: Uuid = Uuid::from_u128(1);

fn deelnemer(partij: Option<Uuid>, naam: &str) -> DeelnemerDocument {
    DeelnemerDocument {
        betrokkene_id: Uuid::nil(),
        partij_id: partij,
        naam: Some(naam.to_owned()),
        vertegenwoordiger: false,
        namens: None,
        initiator: true,
        telefoonnummers: Vec::new(),
        emailadressen: Vec::new(),
        eigen_contactgegevens: false,
    }
}

fn taak() -> TaakDocument {
    TaakDocument {
        taak_id: Uuid::from_u128(5),
        nummer: "1".to_owned(),
        klantcontact_id: Uuid::from_u128(2),
        gevraagde_handeling: "terugbellen".to_owned(),
        toelichting: Some("geheim".to_owned()),
        open: true,
        toegewezen_op: "2026-07-01T08:00:00Z".parse().expect("a moment"),
        streefdatum: None,
        afgehandeld_op: None,
        actoren: Vec::new(),
    }
}

fn document(vertrouwelijk: bool, deelnemers: Vec<DeelnemerDocument>) -> ContactDocument {
    let text = || Some("geheim".to_owned());
    let object = ObjectDocument {
        soort: "document".to_owned(),
        soort_id: "uuid".to_owned(),
        id: "geheim".to_owned(),
        register: "documenten".to_owned(),
    };
    ContactDocument {
        klantcontact_id: Uuid::from_u128(2),
        nummer: "2".to_owned(),
        op: "2026-07-01T08:00:00Z".parse().expect("a moment"),
        kanaal: "telefoon".to_owned(),
        richting: RichtingDocument::Inkomend,
        onderwerp: "geheim".to_owned(),
        samenvatting: text(),
        antwoord: text(),
        gelukt: Some(true),
        taal: "nld".to_owned(),
        vertrouwelijk,
        gespreksresultaat: text(),
        vraag: text(),
        specifieke_vraag: text(),
        actoren: Vec::new(),
        zaken: vec![ZaakDocument { uuid: None, identificatie: text(), via_contactverzoek: None }],
        eerdere_contacten: vec![Uuid::nil()],
        overige_onderwerpen: vec![object.clone()],
        deelnemers,
        documenten: vec![object],
        contactverzoeken: vec![taak()],
    }
}

struct Root(ContactDocument, Zicht);

#[Object]
impl Root {
    async fn contact(&self) -> Contact {
        Contact::new(self.0.clone(), self.1.clone())
    }
}

/// Everything of a contact that needs no loader.
async fn shown_to(zicht: Zicht, document: ContactDocument) -> Value {
    let schema = Schema::new(Root(document, zicht), EmptyMutation, EmptySubscription);
    let query = "{ contact { op kanaal richting onderwerp samenvatting antwoord vraag \
        specifiekeVraag gespreksresultaat eerdereContacten \
        overigeOnderwerpen { id } documenten { id } deelnemers { naam } heeftContactverzoek \
        contactverzoeken { gevraagdeHandeling toelichting } } }";
    let response = schema.execute(Request::new(query)).await;
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    response.data.into_json().expect("json")["contact"].take()
}

#[tokio::test]
async fn kcc_sees_that_a_confidential_contact_took_place_and_no_more() {
    let kcc = Zicht::employee(Publiek::Kcc, &bearer(&[]), VertrouwelijkBeleid::default());
    let seen = shown_to(kcc.clone(), document(true, vec![deelnemer(Some(KLANT), "geheim")])).await;
    assert!(!seen.to_string().contains("geheim"), "{seen}");
    assert_eq!(seen["kanaal"], "telefoon");
    assert_eq!(seen["op"], "2026-07-01T08:00:00Z");
    assert_eq!(seen["heeftContactverzoek"], true);
    let masked = document(true, vec![deelnemer(Some(KLANT), "geheim")]);
    assert!(Contact::new(masked, kcc.clone()).visible_zaken().is_empty());
    let open = shown_to(kcc, document(false, Vec::new())).await;
    assert_eq!(open["onderwerp"], "geheim");
}

#[tokio::test]
async fn a_behandelaar_sees_a_confidential_contact_it_has_a_part_in_unless_the_policy_says_no() {
    let mut part_of_it = bearer(&[]);
    part_of_it.zaken.insert("geheim".to_owned());
    let behandelaar = |beleid| Zicht::employee(Publiek::Behandelaar, &part_of_it, beleid);
    let stranger =
        Zicht::employee(Publiek::Behandelaar, &bearer(&[]), VertrouwelijkBeleid::default());
    let seen = shown_to(stranger, document(true, Vec::new())).await;
    assert_eq!(seen["onderwerp"], Value::Null);
    let seen =
        shown_to(behandelaar(VertrouwelijkBeleid::default()), document(true, Vec::new())).await;
    assert_eq!(seen["onderwerp"], "geheim");
    let strict =
        VertrouwelijkBeleid { behandelaar: Weergave::Maskeren, ..VertrouwelijkBeleid::default() };
    let seen = shown_to(behandelaar(strict), document(true, Vec::new())).await;
    assert_eq!(seen["onderwerp"], Value::Null);
}

#[tokio::test]
async fn a_burger_sees_its_own_contact_without_others_and_without_what_follows() {
    let zicht = Zicht::burger(KLANT, VertrouwelijkBeleid::default());
    let others = vec![deelnemer(Some(KLANT), "ik"), deelnemer(None, "een ander")];
    let seen = shown_to(zicht.clone(), document(false, others.clone())).await;
    assert_eq!(seen["deelnemers"], json!([{ "naam": "ik" }]));
    assert_eq!(seen["contactverzoeken"], json!([]));
    assert_eq!(seen["heeftContactverzoek"], true);
    assert_eq!(seen["onderwerp"], "geheim");
    // Confidential and shared: even if the query let it through, nothing is told.
    let seen = shown_to(zicht.clone(), document(true, others)).await;
    assert!(!seen.to_string().contains("geheim"), "{seen}");
    let own = shown_to(zicht, document(true, vec![deelnemer(Some(KLANT), "ik")])).await;
    assert_eq!(own["onderwerp"], "geheim");
}
