//! Types that several products show.

pub(crate) mod actor;
pub(crate) mod actualiteit;
pub(crate) mod adres;
pub(crate) mod bereikbaarheid;
pub(crate) mod bericht;
pub(crate) mod contact;
pub(crate) mod contactverzoek;
pub(crate) mod deelnemer;
pub(crate) mod gesprek;
pub(crate) mod invoer;
pub(crate) mod klant;
pub(crate) mod minimaal;
pub(crate) mod scalar;
pub(crate) mod telling;
pub(crate) mod verzoek;
pub(crate) mod zaak;
