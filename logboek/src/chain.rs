//! The hash of a link: over the link before it, its place, and every field of its lines.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::keys::Sleutel;
use crate::lines::{Auditregel, Regels, Verwerking};

/// A place in the chains.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plaats {
    /// Which chain.
    pub(crate) streng: i16,
    /// Which link of it, from 1.
    pub(crate) nummer: i64,
}

/// The hash of the link at this place.
pub(crate) fn link(key: &Sleutel, before: &[u8], plaats: Plaats, regels: &Regels) -> Vec<u8> {
    let mut text = Fields(key.chain());
    text.bytes(before).number(plaats.streng.into()).number(plaats.nummer);
    text.audit(&regels.audit);
    // As the database gives them, whatever the order in which they were written.
    let mut verwerkingen: Vec<&Verwerking> = regels.verwerkingen.iter().collect();
    verwerkingen.sort_unstable_by_key(|verwerking| verwerking.span_id);
    verwerkingen.into_iter().for_each(|verwerking| text.verwerking(verwerking));
    text.0.finalize().into_bytes().to_vec()
}

/// Fields one after the other, each with its length, so that none can pass for another.
struct Fields(Hmac<Sha256>);

impl Fields {
    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.0.update(&length.to_be_bytes());
        self.0.update(bytes);
        self
    }

    fn number(&mut self, number: i64) -> &mut Self {
        self.bytes(&number.to_be_bytes())
    }

    fn optional(&mut self, bytes: Option<impl AsRef<[u8]>>) -> &mut Self {
        match bytes {
            Some(bytes) => self.bytes(&[1]).bytes(bytes.as_ref()),
            None => self.bytes(&[0]),
        }
    }

    fn audit(&mut self, regel: &Auditregel) {
        self.bytes(&regel.trace_id)
            .bytes(&regel.span_id)
            .optional(regel.parent_span_id)
            .optional(regel.transactie)
            .number(regel.tijdstip.timestamp_micros())
            .number(regel.duur_ms.into())
            .bytes(regel.kanaal.as_bytes())
            .optional(regel.wie.as_ref())
            .optional(regel.toepassing.as_ref())
            .optional(regel.doelbinding.as_ref())
            .optional(regel.oorsprong.as_ref())
            .bytes(regel.actie.as_bytes())
            .optional(regel.document.as_ref())
            .bytes(regel.producten.as_bytes())
            .optional(regel.object.as_ref())
            .number(regel.betrokkenen.into())
            .bytes(regel.resultaat.as_bytes())
            .number(regel.status.into())
            .bytes(regel.fouten.as_bytes());
    }

    fn verwerking(&mut self, regel: &Verwerking) {
        self.bytes(&regel.span_id)
            .bytes(&regel.parent_span_id)
            .bytes(regel.status.as_bytes())
            .bytes(regel.name.as_bytes())
            .number(regel.start_time)
            .number(regel.end_time)
            .bytes(regel.processing_activity_id.as_bytes())
            .optional(regel.data_subject_id.as_ref())
            .optional(regel.data_subject_id_type.as_ref());
    }
}
