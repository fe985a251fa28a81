//! Documents that were parsed, kept as long as there is room: what an application asks, it asks
//! again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::ExecutableDocument;
use lru::LruCache;

use super::id::DocumentId;

/// Most documents that are kept of either kind.
const KEPT_MAX: NonZeroUsize = NonZeroUsize::new(1_000).expect("more than nothing");
/// Longest text, in bytes, that is kept when it is not registered: a tree takes many times its
/// text.
const KEPT_TEXT_MAX: usize = 8 * 1024;

/// A document, ready to be executed.
#[derive(Debug)]
pub(crate) struct Prepared {
    /// Its name.
    pub(crate) id: DocumentId,
    /// What was parsed.
    pub(crate) document: ExecutableDocument,
    /// Whether it is one of those that are registered.
    pub(crate) is_registered: bool,
    valid: OnceLock<()>,
}

impl Prepared {
    fn new(id: DocumentId, text: &str, is_registered: bool) -> Result<Arc<Self>, ServerError> {
        let document = parse_query(text)?;
        Ok(Arc::new(Self { id, document, is_registered, valid: OnceLock::new() }))
    }

    /// Whether it passed validation before. Says nothing of the variables of a request.
    pub(crate) fn is_valid(&self) -> bool {
        self.valid.get().is_some()
    }

    /// Remembers that it passed validation.
    pub(crate) fn mark_valid(&self) {
        // Whoever was first was right too.
        let _ = self.valid.set(());
    }
}

type Kept = Mutex<LruCache<DocumentId, Arc<Prepared>>>;

/// Documents that were parsed. Those that are registered have room of their own, so that others
/// cannot push them out.
#[derive(Debug)]
pub(super) struct Cache {
    free: Kept,
    registered: Kept,
}

impl Default for Cache {
    fn default() -> Self {
        let empty = || Mutex::new(LruCache::new(KEPT_MAX));
        Self { free: empty(), registered: empty() }
    }
}

fn locked(kept: &Kept) -> MutexGuard<'_, LruCache<DocumentId, Arc<Prepared>>> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Cache {
    /// A question that was sent as a text. The error is that of the parser.
    pub(super) fn free(&self, text: &str) -> Result<Arc<Prepared>, ServerError> {
        let id = DocumentId::of(text);
        if let Some(prepared) = locked(&self.free).get(&id) {
            return Ok(Arc::clone(prepared));
        }
        let prepared = Prepared::new(id, text, false)?;
        if text.len() <= KEPT_TEXT_MAX {
            locked(&self.free).put(id, Arc::clone(&prepared));
        }
        Ok(prepared)
    }

    /// A registered document that was asked before.
    pub(super) fn registered(&self, id: DocumentId) -> Option<Arc<Prepared>> {
        locked(&self.registered).get(&id).cloned()
    }

    /// Keeps a registered document.
    pub(super) fn keep(&self, id: DocumentId, text: &str) -> Result<Arc<Prepared>, ServerError> {
        let prepared = Prepared::new(id, text, true)?;
        locked(&self.registered).put(id, Arc::clone(&prepared));
        Ok(prepared)
    }

    /// The registered documents that are kept.
    pub(super) fn known(&self) -> Vec<DocumentId> {
        locked(&self.registered).iter().map(|(id, _)| *id).collect()
    }

    /// Forgets a registered document.
    pub(super) fn forget(&self, id: DocumentId) {
        locked(&self.registered).pop(&id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_parsed_once_and_a_long_one_is_not_kept() {
        let cache = Cache::default();
        let first = cache.free("{ a }").expect("a document");
        assert!(Arc::ptr_eq(&first, &cache.free("{ a }").expect("a document")));
        let long = format!("{{ a }} # {}", "x".repeat(KEPT_TEXT_MAX));
        let first = cache.free(&long).expect("a document");
        assert!(!Arc::ptr_eq(&first, &cache.free(&long).expect("a document")));
        assert!(cache.free("{").is_err());
    }

    #[test]
    fn other_questions_do_not_push_out_what_is_registered() {
        let cache = Cache::default();
        let id = DocumentId::of("{ a }");
        assert!(cache.registered(id).is_none());
        cache.keep(id, "{ a }").expect("a document");
        for number in 0..=KEPT_MAX.get() {
            cache.free(&format!("{{ a{number} }}")).expect("a document");
        }
        assert!(cache.registered(id).is_some_and(|prepared| prepared.is_registered));
        assert_eq!(cache.known(), [id]);
        assert_eq!(locked(&cache.free).len(), KEPT_MAX.get());
        cache.forget(id);
        assert!(cache.registered(id).is_none());
    }
}
