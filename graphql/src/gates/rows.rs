//! The gate at the rows: what the database is told of a bearer. Its policies stand with the tables, in
//! `migrations/read-side`.

use std::sync::Arc;

use access::{Identity, Rol};
use read_side::contactgeschiedenis::VertrouwelijkFilter;
use read_side::{Inzage, Leesrecht, Lezer, Reader, Verbinding};
use uuid::Uuid;

use crate::context::Env;
use crate::policy::{self, Publiek, VertrouwelijkBeleid, Weergave, Zicht};

/// The roles in the order in which a bearer who has more of them reads what all products share.
const SHARED: [Rol; 9] = [
    Rol::Kcc,
    Rol::Behandelaar,
    Rol::Burger,
    Rol::Outputmanagement,
    Rol::Teamleider,
    Rol::Analist,
    Rol::Beheerder,
    Rol::Archivaris,
    Rol::Privacyfunctionaris,
];

/// The way of one bearer to the rows, in one request.
#[derive(Debug, Clone)]
pub(crate) struct Rijen {
    beleid: VertrouwelijkBeleid,
    identity: Identity,
    verbinding: Arc<Verbinding>,
}

impl Rijen {
    /// The way of a bearer.
    pub(crate) fn new(env: &Env, identity: Identity) -> Self {
        Self {
            beleid: env.settings.vertrouwelijk,
            identity,
            verbinding: Verbinding::new(env.pool.clone()),
        }
    }

    /// The same bearer with a connection of its own, for one look of who is there longer than a request.
    pub(crate) fn anew(&self, env: &Env) -> Self {
        Self { verbinding: Verbinding::new(env.pool.clone()), ..self.clone() }
    }

    /// A reader in this role; one that sees nothing when the bearer has it not.
    pub(crate) fn reader(&self, rol: Rol) -> Reader {
        let recht = leesrecht(&self.identity, rol, self.beleid);
        Reader::new(Arc::clone(&self.verbinding), &recht)
    }

    /// A reader of the dossier for which this request was made, if it was approved.
    pub(crate) fn dossier(&self, verzoek: Uuid) -> Reader {
        let inzage = Inzage { verzoek, wie: self.identity.subject.clone() };
        let recht = leesrecht(&self.identity, Rol::Privacyfunctionaris, self.beleid);
        let recht = Leesrecht { inzage: Some(inzage), ..recht };
        Reader::new(Arc::clone(&self.verbinding), &recht)
    }

    /// A reader of what all products share, in whatever role the bearer has.
    pub(crate) fn shared(&self) -> Reader {
        let has = |rol: &Rol| lezer(&self.identity, *rol) != Lezer::Niemand;
        let rol = SHARED.into_iter().find(has).unwrap_or(Rol::Burger);
        self.reader(rol)
    }
}

/// The audience that a bearer is in this role.
fn lezer(identity: &Identity, rol: Rol) -> Lezer {
    if !identity.has(rol) {
        return Lezer::Niemand;
    }
    match rol {
        // The contact centre looks at klanten only, and so always for a purpose.
        Rol::Kcc if policy::require_purpose(identity).is_err() => Lezer::Niemand,
        Rol::Kcc => Lezer::Kcc,
        Rol::Behandelaar => Lezer::Behandelaar,
        Rol::Burger => Lezer::Burger,
        Rol::Teamleider => Lezer::Teamleider,
        Rol::Analist => Lezer::Analist,
        Rol::Beheerder => Lezer::Beheerder,
        Rol::Outputmanagement => Lezer::Outputmanagement,
        Rol::Archivaris => Lezer::Archivaris,
        Rol::Privacyfunctionaris => Lezer::Privacyfunctionaris,
    }
}

fn leesrecht(identity: &Identity, rol: Rol, beleid: VertrouwelijkBeleid) -> Leesrecht {
    let lezer = lezer(identity, rol);
    let employee = |publiek| {
        let filter = Zicht::employee(publiek, identity, beleid).filter(false);
        let actoren = identity.actoren.iter().chain(&identity.teams).copied().collect();
        let doelbinding = policy::require_purpose(identity).is_ok();
        Leesrecht { doelbinding, vertrouwelijk: filter, actoren, ..Leesrecht::of(lezer) }
    };
    match lezer {
        Lezer::Kcc => employee(Publiek::Kcc),
        Lezer::Behandelaar => Leesrecht {
            zaken: identity.zaken.iter().cloned().collect(),
            ..employee(Publiek::Behandelaar)
        },
        Lezer::Burger => Leesrecht {
            klant: policy::own_key(identity).ok(),
            // Whose contacts they are the policies look up themselves.
            vertrouwelijk: Zicht::burger(Uuid::nil(), beleid).filter(false),
            ..Leesrecht::of(lezer)
        },
        // Its teams, not what is its own work.
        Lezer::Teamleider => Leesrecht { actoren: identity.teams.clone(), ..Leesrecht::of(lezer) },
        Lezer::Privacyfunctionaris => Leesrecht {
            vertrouwelijk: match beleid.inzage {
                Weergave::Tonen | Weergave::Maskeren => VertrouwelijkFilter::Alle,
                Weergave::Verbergen => VertrouwelijkFilter::Geen,
            },
            ..Leesrecht::of(lezer)
        },
        Lezer::Niemand
        | Lezer::Analist
        | Lezer::Beheerder
        | Lezer::Outputmanagement
        | Lezer::Archivaris => Leesrecht::of(lezer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::tests::bearer;

    #[test]
    fn who_has_not_the_role_or_no_purpose_reads_nothing() {
        let mut kcc = bearer(&[Rol::Kcc]);
        assert_eq!(lezer(&kcc, Rol::Kcc), Lezer::Niemand);
        kcc.doelbinding = Some("dienstverlening".to_owned());
        assert_eq!(lezer(&kcc, Rol::Kcc), Lezer::Kcc);
        assert_eq!(lezer(&kcc, Rol::Behandelaar), Lezer::Niemand);
    }
}
