//! Names and streets of Voorbeeldstad. None of these people exist.

/// First names with the initial.
pub(super) const VOORNAMEN: [(&str, &str); 32] = [
    ("A", "Anna"), ("B", "Bram"), ("C", "Carla"), ("D", "Daan"), ("E", "Emine"), ("F", "Fatima"),
    ("G", "Gerrit"), ("H", "Hanna"), ("I", "Ibrahim"), ("J", "Joris"), ("K", "Karin"),
    ("L", "Lotte"), ("M", "Mehmet"), ("N", "Noor"), ("O", "Olga"), ("P", "Pieter"),
    ("Q", "Quinten"), ("R", "Roos"), ("S", "Sanne"), ("T", "Thomas"), ("U", "Ursula"),
    ("V", "Vera"), ("W", "Willem"), ("Y", "Yara"), ("Z", "Zoë"), ("A", "Ahmed"), ("B", "Bo"),
    ("C", "Chantal"), ("D", "Demi"), ("E", "Els"), ("F", "Frits"), ("G", "Guus"),
];

/// Family names with the prefix, empty when there is none.
pub(super) const ACHTERNAMEN: [(&str, &str); 30] = [
    ("", "Bakker"), ("", "Jansen"), ("van", "Dijk"), ("de", "Boer"), ("", "Yılmaz"), ("", "Visser"),
    ("", "Smit"), ("van den", "Berg"), ("", "Meijer"), ("de", "Groot"), ("", "Bos"), ("", "Vos"),
    ("el", "Amrani"), ("", "Peters"), ("", "Hendriks"), ("van", "Leeuwen"), ("", "Dekker"),
    ("", "Brouwer"), ("de", "Wit"), ("", "Dijkstra"), ("", "Smits"), ("de", "Graaf"),
    ("van der", "Meer"), ("", "Kaya"), ("", "Wozniak"), ("ter", "Horst"), ("", "Prins"),
    ("", "Nguyen"), ("", "Schouten"), ("van", "Beek"),
];

/// Streets.
pub(super) const STRATEN: [&str; 14] = [
    "Dorpsstraat", "Kerkstraat", "Molenweg", "Lindelaan", "Stationsplein", "Havenkade", "Parklaan",
    "Schoolstraat", "Beukenhof", "Nieuwe Gracht", "Raadhuisplein", "Wilgenpad", "Zuiderkade",
    "Eikenlaan",
];

/// Organisations, with their KVK number; it begins with 90, which is not given out.
pub(super) const ORGANISATIES: [(&str, &str); 10] = [
    ("Bakkerij De Gouden Krakeling", "90000011"),
    ("Fietsenmaker Van Beek", "90000022"),
    ("Wijkvereniging Molenwijk", "90000033"),
    ("Café 't Hoekje", "90000044"),
    ("Bouwbedrijf Ter Horst B.V.", "90000055"),
    ("Stichting Buurtmoestuin", "90000066"),
    ("Sportclub Voorbeeldstad", "90000077"),
    ("Kinderopvang De Regenboog", "90000088"),
    ("Supermarkt Lindelaan", "90000099"),
    ("Architectenbureau Zuiderkade", "90000100"),
];

/// Contactpersonen: the organisation by its place in the list, first name, prefix, family name.
pub(super) const CONTACTPERSONEN: [(usize, &str, &str, &str); 6] = [
    (0, "Mirjam", "", "Bakker"),
    (2, "Henk", "de", "Groot"),
    (3, "Samira", "el", "Amrani"),
    (4, "Rik", "ter", "Horst"),
    (6, "Danny", "", "Prins"),
    (9, "Eva", "van der", "Meer"),
];
