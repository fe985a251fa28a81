//! Who may see what: the audiences of a product, and what confidential and shielded mean for each.

use std::sync::Arc;

use access::{Identity, KlantClaim, Rol};
use async_graphql::Context;
use chrono::{DateTime, Utc};
use read_side::contact::{ContactDocument, ZaakDocument};
use read_side::contactgeschiedenis::VertrouwelijkFilter;
use read_side::gesprekken::Vertrouwelijkheid;
use read_side::inzagedossier::{Inzagestatus, InzageverzoekDocument};
use read_side::klantbeeld::KlantKey;
use read_side::taak::ContactverzoekDocument;
use uuid::Uuid;

use crate::context::ContextExt;
use crate::error::ProductError;

/// Scope that shows burgerservicenummers in full.
pub(crate) const SCOPE_BSN: &str = "bsn:lezen";
/// Scope that shows internal remarks.
pub(crate) const SCOPE_NOTITIE: &str = "interne-notitie:lezen";

/// Digits of a burgerservicenummer that stay readable.
const BSN_READABLE_DIGITS: usize = 4;

/// How an audience meets a confidential contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weergave {
    /// Shown as any other.
    Tonen,
    /// That it took place is shown, not what it was about.
    Maskeren,
    /// Does not exist: not in lists, counts or cursors.
    Verbergen,
}

/// How each audience meets confidential contacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VertrouwelijkBeleid {
    /// A burger, its own contact.
    pub burger_zelf: Weergave,
    /// A burger, a contact in which others took part too or that it had for someone else.
    pub burger_deelnemer: Weergave,
    /// An employee of the customer contact centre.
    pub kcc: Weergave,
    /// An employee who has a part in the contact: itself, through its team, or through a zaak.
    pub behandelaar: Weergave,
    /// A privacy officer who shows a person what is known of it.
    pub inzage: Weergave,
}

impl Default for VertrouwelijkBeleid {
    /// Hiding from the burger itself would hide people's own form submissions.
    fn default() -> Self {
        Self {
            burger_zelf: Weergave::Tonen,
            burger_deelnemer: Weergave::Verbergen,
            kcc: Weergave::Maskeren,
            behandelaar: Weergave::Tonen,
            inzage: Weergave::Tonen,
        }
    }
}

/// For whom an answer is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Publiek {
    Burger,
    Kcc,
    Behandelaar,
}

impl Publiek {
    /// The role in which it reads.
    pub(crate) const fn rol(self) -> Rol {
        match self {
            Self::Burger => Rol::Burger,
            Self::Kcc => Rol::Kcc,
            Self::Behandelaar => Rol::Behandelaar,
        }
    }
}

/// Decides for whom a product answers. A behandelaar who is also kcc is a behandelaar where the
/// product is for both.
pub(crate) fn admit(identity: &Identity, allowed: &[Rol]) -> Result<Publiek, ProductError> {
    let has = |rol| allowed.contains(&rol) && identity.has(rol);
    if has(Rol::Behandelaar) {
        return Ok(Publiek::Behandelaar);
    }
    if has(Rol::Kcc) {
        require_purpose(identity)?;
        return Ok(Publiek::Kcc);
    }
    if has(Rol::Burger) {
        return Ok(Publiek::Burger);
    }
    Err(forbidden(allowed))
}

fn forbidden(allowed: &[Rol]) -> ProductError {
    let roles: Vec<&str> = allowed.iter().map(|rol| rol.code()).collect();
    let detail = format!("Dit informatieproduct is er voor: {}.", roles.join(", "));
    ProductError::Forbidden { detail }
}

/// Refuses whoever has not this role.
pub(crate) fn require(identity: &Identity, rol: Rol) -> Result<(), ProductError> {
    require_any(identity, &[rol]).map(|_| ())
}

/// The first of these roles that the bearer has; refuses whoever has none.
pub(crate) fn require_any(identity: &Identity, allowed: &[Rol]) -> Result<Rol, ProductError> {
    allowed.iter().copied().find(|rol| identity.has(*rol)).ok_or_else(|| forbidden(allowed))
}

/// An employee who looks at a klant, rather than at its own work, names a purpose (doelbinding).
pub(crate) fn require_purpose(identity: &Identity) -> Result<(), ProductError> {
    let purpose = identity.doelbinding.as_deref().unwrap_or_default();
    if purpose.trim().is_empty() { Err(ProductError::PurposeRequired) } else { Ok(()) }
}

/// Whether the bearer may read a dossier now: it asked for it itself, somebody else approved, and that
/// still holds.
pub(crate) fn may_read(
    identity: &Identity,
    verzoek: &InzageverzoekDocument,
    now: DateTime<Utc>,
) -> bool {
    let other = verzoek.beoordeeld_door.as_ref().is_some_and(|by| *by != identity.subject);
    verzoek.status == Inzagestatus::Goedgekeurd
        && verzoek.aangevraagd_door == identity.subject
        && other
        && verzoek.geldig_tot.is_some_and(|tot| now < tot)
}

/// The klant that a burger is, as its token says.
pub(crate) fn own_key(identity: &Identity) -> Result<KlantKey, ProductError> {
    match &identity.klant {
        Some(KlantClaim::Bsn(bsn)) => Ok(KlantKey::Bsn(bsn.clone())),
        Some(KlantClaim::Rsin(rsin)) => Ok(KlantKey::Rsin(rsin.clone())),
        Some(KlantClaim::KvkNummer(kvk)) => Ok(KlantKey::Kvk(kvk.clone())),
        Some(KlantClaim::Vestiging(vestiging)) => Ok(KlantKey::Vestiging {
            kvk_nummer: vestiging.kvk_nummer.clone(),
            vestigingsnummer: vestiging.vestigingsnummer.clone(),
        }),
        None => Err(ProductError::Forbidden {
            detail: "Het token noemt geen klant: niet duidelijk is wiens gegevens dit zijn."
                .to_owned(),
        }),
    }
}

/// Whether the bearer sees a product in the description of the interface.
pub(crate) fn is_visible(ctx: &Context<'_>, allowed: &[Rol]) -> bool {
    ctx.identity().is_ok_and(|identity| allowed.iter().any(|rol| identity.has(*rol)))
}

/// What one audience sees; goes along with everything that is shown to it.
#[derive(Debug, Clone)]
pub(crate) struct Zicht {
    pub(crate) publiek: Publiek,
    /// Of a contact of the klant alone; for employees: of every contact.
    eigen: Weergave,
    /// Of a contact in which others took part too.
    gedeeld: Weergave,
    /// The klant that is asking, for a burger.
    klant: Option<Uuid>,
    /// What a behandelaar works on: a confidential contact is shown to who has a part in it.
    werk: Option<Arc<Werk>>,
    /// Whether it is one's own taak: one may know whom to call.
    toegewezen: bool,
}

/// The actoren that a behandelaar is or belongs to, and its zaken.
#[derive(Debug)]
struct Werk(Identity);

impl Werk {
    fn has_part_in<'z>(
        &self,
        mut actoren: impl Iterator<Item = Uuid>,
        mut zaken: impl Iterator<Item = &'z ZaakDocument>,
    ) -> bool {
        let own = |id: Uuid| self.0.actoren.contains(&id) || self.0.teams.contains(&id);
        let works_on = |key: &Option<String>| key.as_ref().is_some_and(|key| self.0.works_on(key));
        actoren.any(own) || zaken.any(|zaak| works_on(&zaak.uuid) || works_on(&zaak.identificatie))
    }
}

impl Zicht {
    /// The view of an employee. To a behandelaar a confidential contact is shown as the policy says
    /// when it, its team or one of its zaken had a part in it; otherwise it is masked at least.
    pub(crate) fn employee(
        publiek: Publiek,
        identity: &Identity,
        beleid: VertrouwelijkBeleid,
    ) -> Self {
        let weergave = match publiek {
            Publiek::Behandelaar => beleid.behandelaar,
            Publiek::Kcc => beleid.kcc,
            Publiek::Burger => Weergave::Verbergen,
        };
        let werk = (publiek == Publiek::Behandelaar).then(|| Arc::new(Werk(identity.clone())));
        let (eigen, gedeeld) = (weergave, weergave);
        Self { publiek, eigen, gedeeld, klant: None, werk, toegewezen: false }
    }

    /// The view of those to whom a taak is assigned: they know what it is about. A taak does not
    /// vanish from the list of whoever must do it, so hiding becomes masking.
    pub(crate) fn assignee(publiek: Publiek, beleid: VertrouwelijkBeleid) -> Self {
        let weergave = match beleid.behandelaar {
            Weergave::Tonen => Weergave::Tonen,
            Weergave::Maskeren | Weergave::Verbergen => Weergave::Maskeren,
        };
        let (eigen, gedeeld) = (weergave, weergave);
        Self { publiek, eigen, gedeeld, klant: None, werk: None, toegewezen: true }
    }

    /// The view of a burger on its own contacts.
    pub(crate) fn burger(klant: Uuid, beleid: VertrouwelijkBeleid) -> Self {
        Self {
            publiek: Publiek::Burger,
            eigen: beleid.burger_zelf,
            gedeeld: beleid.burger_deelnemer,
            klant: Some(klant),
            werk: None,
            toegewezen: false,
        }
    }

    /// Whether this is the klant itself that is asking.
    pub(crate) fn is_burger(&self) -> bool {
        self.publiek == Publiek::Burger
    }

    /// The klant that is asking.
    pub(crate) fn klant(&self) -> Option<Uuid> {
        self.klant
    }

    /// Whether this partij is the klant that is asking.
    pub(crate) fn is_self(&self, partij: Option<Uuid>) -> bool {
        self.klant.is_some() && self.klant == partij
    }

    /// Whether confidential contacts do not exist for this audience.
    pub(crate) fn hides(&self) -> bool {
        self.eigen == Weergave::Verbergen
    }

    /// Which confidential contacts a list may hold. `by_content`: the list is filtered on what
    /// masking hides, so a masked contact in it would betray its content.
    pub(crate) fn filter(&self, by_content: bool) -> VertrouwelijkFilter {
        let lists = |weergave| match weergave {
            // Which ones a behandelaar has a part in is not in the list: none is found by content.
            Weergave::Tonen => !by_content || self.werk.is_none(),
            Weergave::Maskeren => !by_content,
            Weergave::Verbergen => false,
        };
        match (lists(self.eigen), lists(self.gedeeld)) {
            (true, true) => VertrouwelijkFilter::Alle,
            (true, false) => VertrouwelijkFilter::AlleenEigen,
            (false, _) => VertrouwelijkFilter::Geen,
        }
    }

    /// Whether it must not be seen what this contact was about.
    pub(crate) fn masks_contact(&self, contact: &ContactDocument) -> bool {
        let alone = contact
            .deelnemers
            .iter()
            .all(|deelnemer| self.is_self(deelnemer.partij_id) && !deelnemer.vertegenwoordiger);
        let weergave = if self.is_burger() && !alone { self.gedeeld } else { self.eigen };
        let taken = contact.contactverzoeken.iter().flat_map(|taak| taak.actoren.iter());
        let actoren = contact.actoren.iter().chain(taken).copied();
        contact.vertrouwelijk
            && (weergave != Weergave::Tonen || !self.has_part_in(actoren, &contact.zaken))
    }

    /// Whether the content must not be seen of a bericht that is this confidential to who is asking.
    pub(crate) fn masks(&self, vertrouwelijkheid: Vertrouwelijkheid) -> bool {
        match vertrouwelijkheid {
            Vertrouwelijkheid::Geen => false,
            Vertrouwelijkheid::Eigen => self.eigen != Weergave::Tonen,
            Vertrouwelijkheid::Gedeeld => self.gedeeld != Weergave::Tonen,
        }
    }

    /// Whether it must not be seen what this contactverzoek is about.
    pub(crate) fn masks_contactverzoek(&self, document: &ContactverzoekDocument) -> bool {
        let actoren = document.taak.actoren.iter().copied();
        document.vertrouwelijk
            && (self.eigen != Weergave::Tonen || !self.has_part_in(actoren, &document.zaken))
    }

    /// Whether it must not be seen who asked, when it must not be seen what about.
    pub(crate) fn hides_asker(&self) -> bool {
        !self.toegewezen
    }

    fn has_part_in(&self, actoren: impl Iterator<Item = Uuid>, zaken: &[ZaakDocument]) -> bool {
        self.werk.as_ref().is_none_or(|werk| werk.has_part_in(actoren, zaken.iter()))
    }
}

/// A burgerservicenummer, in full only with the scope for it.
pub(crate) fn bsn(identity: &Identity, bsn: &str) -> String {
    if identity.may(SCOPE_BSN) {
        return bsn.to_owned();
    }
    let hidden = bsn.chars().count().saturating_sub(BSN_READABLE_DIGITS);
    bsn.chars().enumerate().map(|(index, digit)| if index < hidden { '•' } else { digit }).collect()
}

/// What is in the place of what must not be read.
const HIDDEN: &str = "•••";
/// Digits of a telephone number that stay readable.
const TELEFOON_READABLE_DIGITS: usize = 3;

/// The end of a telephone number: enough to ask whether it is the one.
pub(crate) fn telefoon(nummer: &str) -> String {
    let hidden = nummer.chars().count().saturating_sub(TELEFOON_READABLE_DIGITS);
    let end: String = nummer.chars().skip(hidden).collect();
    format!("{HIDDEN}{end}")
}

/// The first letter and the last label of an e-mail address.
pub(crate) fn email(adres: &str) -> String {
    let first: String = adres.chars().take(1).collect();
    let (_, label) = adres.rsplit_once('.').unwrap_or_default();
    format!("{first}{HIDDEN}@{HIDDEN}.{label}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A bearer with these roles and nothing else.
    pub(crate) fn bearer(rollen: &[Rol]) -> Identity {
        Identity::of_rollen(rollen.iter().copied())
    }

    #[test]
    fn a_role_of_another_product_is_refused() {
        let error = admit(&bearer(&[Rol::Analist]), &[Rol::Kcc]).expect_err("refused");
        assert!(matches!(error, ProductError::Forbidden { detail } if detail.contains("kcc")));
        assert!(admit(&bearer(Rol::ALL), &[]).is_err());
    }

    #[test]
    fn kcc_needs_a_purpose_and_behandelaar_goes_before_kcc() {
        let both = [Rol::Kcc, Rol::Behandelaar];
        let mut kcc = bearer(&[Rol::Kcc]);
        assert_eq!(admit(&kcc, &both), Err(ProductError::PurposeRequired));
        kcc.doelbinding = Some(" ".to_owned());
        assert_eq!(admit(&kcc, &both), Err(ProductError::PurposeRequired));
        kcc.doelbinding = Some("dienstverlening".to_owned());
        assert_eq!(admit(&kcc, &both), Ok(Publiek::Kcc));
        assert_eq!(admit(&bearer(&both), &both), Ok(Publiek::Behandelaar));
        assert_eq!(admit(&bearer(&both), &[Rol::Kcc]), Err(ProductError::PurposeRequired));
    }

    #[test]
    fn bsn_is_masked_without_the_scope() {
        let mut kcc = bearer(&[Rol::Kcc]);
        assert_eq!(bsn(&kcc, "999990019"), "•••••0019");
        kcc.scopes.insert(SCOPE_BSN.to_owned());
        assert_eq!(bsn(&kcc, "999990019"), "999990019");
    }

    #[test]
    fn of_a_number_and_an_address_a_little_stays_readable() {
        assert_eq!(telefoon("0612345678"), "•••678");
        assert_eq!(email("jan@example.nl"), "j•••@•••.nl");
        assert_eq!((telefoon("12"), email("")), ("•••12".to_owned(), "•••@•••.".to_owned()));
    }

    #[test]
    fn the_policy_decides_which_confidential_contacts_are_listed() {
        use VertrouwelijkFilter::{Alle, AlleenEigen, Geen};
        let beleid = VertrouwelijkBeleid::default();
        let me = Zicht::burger(Uuid::nil(), beleid);
        assert_eq!((me.filter(false), me.filter(true)), (AlleenEigen, AlleenEigen));
        let kcc = Zicht::employee(Publiek::Kcc, &bearer(&[]), beleid);
        assert_eq!((kcc.filter(false), kcc.filter(true)), (Alle, Geen));
        let behandelaar = Zicht::employee(Publiek::Behandelaar, &bearer(&[]), beleid);
        assert_eq!((behandelaar.filter(false), behandelaar.filter(true)), (Alle, Geen));
        let strict = VertrouwelijkBeleid { burger_zelf: Weergave::Verbergen, ..beleid };
        assert_eq!(Zicht::burger(Uuid::nil(), strict).filter(false), Geen);
    }

    #[test]
    fn whoever_must_do_a_taak_keeps_seeing_it() {
        let hidden = Weergave::Verbergen;
        let beleid = VertrouwelijkBeleid { behandelaar: hidden, ..VertrouwelijkBeleid::default() };
        let zicht = Zicht::assignee(Publiek::Behandelaar, beleid);
        assert!(!zicht.hides() && !zicht.hides_asker());
    }
}
