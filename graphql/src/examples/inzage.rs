//! Showing a person what is known of it.

use crate::graphiql::ExampleDocument;

/// Who asked to see what is known of somebody.
pub(super) const INZAGEVERZOEKEN: ExampleDocument = ExampleDocument {
    name: "Inzageverzoeken",
    query: r"# Welke inzage is aangevraagd, en wat ervan kwam. Voor privacyfunctionarissen.
query Inzageverzoeken($na: String) {
  inzageverzoeken(first: 20, after: $na) {
    totaal
    nodes {
      verzoekId
      klantId
      kenmerk
      reden
      status
      aangevraagdDoor
      beoordeeldDoor
      geldigTot
      teLezen
    }
    pageInfo { hasNextPage endCursor }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: "{}",
};

/// What is known of somebody.
pub(super) const INZAGEDOSSIER: ExampleDocument = ExampleDocument {
    name: "Inzagedossier",
    query: r"# Alles wat van iemand bekend is. Voor privacyfunctionarissen: het verzoekId van een verzoek dat u
# zelf deed en dat een ander goedkeurde, staat bij Inzageverzoeken.
query Inzagedossier($verzoek: ID!) {
  inzagedossier(verzoek: $verzoek) {
    klantId
    gegevens: regels(over: GEGEVENS, first: 10) {
      totaal
      nodes { op gebeurtenis actueel handeling toepassing gegevens { naam waarde } }
      pageInfo { hasNextPage endCursor }
    }
    contacten: regels(over: CONTACTEN, first: 10) {
      totaal
      nodes { op gebeurtenis actueel vanAnder gegevens { naam waarde } teams { naam } }
      pageInfo { hasNextPage endCursor }
    }
    reacties(first: 10) { nodes { op kanaal tekst } }
    verwerkingen(first: 10) {
      nodes { op operatie activiteit toepassing doelbinding }
      pageInfo { hasNextPage endCursor }
    }
    ontvangers {
      toepassingen { toepassing eerste laatste aantal }
      nietVastgelegd
    }
    actualiteit { bijgewerktTot volledig }
  }
}
",
    variables: r#"{
  "verzoek": "019a0000-0000-7000-8000-000000000000"
}"#,
};
