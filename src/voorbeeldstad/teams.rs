//! The teams of Voorbeeldstad.

/// Teams: name for reference, name, what they do.
pub(crate) const TEAMS: [(&str, &str, &str); 6] = [
    ("team-kcc", "Klantcontactcentrum", "Beantwoordt vragen aan telefoon, balie en app."),
    ("team-vergunningen", "Vergunningen", "Behandelt aanvragen om een vergunning."),
    ("team-burgerzaken", "Burgerzaken", "Paspoorten, rijbewijzen en de BRP."),
    ("team-belastingen", "Belastingen", "Aanslagen, kwijtschelding en bezwaar."),
    ("team-openbareruimte", "Openbare ruimte", "Straten, groen, verlichting en afval."),
    ("team-samenleving", "Samenleving", "Wmo, jeugd en inkomen."),
];
