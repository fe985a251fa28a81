//! The shape of the read model: the documents that the projector prepares, the rows around them and
//! every `SELECT` on them. Never writes.
//!
//! One file per information product; `contact` and `taak` hold the documents that several products
//! show. Queries go to the views of schema `read_side`, which point at the active generation of
//! each product.

pub mod actoren;
pub mod actualiteit;
pub mod analyse;
pub mod bewaaroverzicht;
pub mod contact;
pub mod contactgeschiedenis;
pub mod contactverzoek;
pub mod doorlooptijden;
pub mod gesprekken;
pub mod inzagedossier;
pub mod kanaalgebruik;
mod keyset;
pub mod klantbeeld;
pub mod klantzoeken;
pub mod losse_contactverzoeken;
pub mod projecties;
mod reader;
pub mod taak;
pub mod versies;
pub mod voorraad;
pub mod werkdagen;
pub mod werkvoorraad;
pub mod wijzigingen;
pub mod zaak_contacthistorie;
pub mod zaken;
pub mod zoekterm;

pub use keyset::{Page, PageRequest, Sleutel, Volgorde};
pub use reader::{Inzage, Leesrecht, Lezer, Reader, Verbinding};
