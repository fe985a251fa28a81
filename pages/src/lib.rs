//! The pages for the browser: GraphiQL and the reference of the bijhouding API. Everything they need
//! is in the binary (`build.rs` bundles it from `web/`), and their content security policy keeps the
//! browser from asking any other host for anything.

mod asset;

pub use asset::{Asset, is_known, serve, version_of};

/// The licences of the packages inside the scripts and the style sheets.
pub const LICENCES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/pages/licenties.txt"));

/// A page and its files.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The page, in which `{{VERSIE}}` is still to be filled in.
    pub html: &'static str,
    /// Its script; empty when the build could not make it, and then the page says so.
    pub script: &'static [u8],
    /// Its style sheet.
    pub style: &'static [u8],
}

impl Page {
    /// Whether this build has it; if not, the page says what is missing.
    #[must_use]
    pub const fn is_available(&self) -> bool {
        !self.script.is_empty()
    }

    /// The page with the version of its files in their addresses.
    #[must_use]
    pub fn filled(&self) -> String {
        self.html.replace("{{VERSIE}}", &version_of(&[self.script, self.style]))
    }
}

macro_rules! page {
    ($name:literal) => {
        Page {
            html: include_str!(concat!(env!("OUT_DIR"), "/pages/", $name, ".html")),
            script: include_bytes!(concat!(env!("OUT_DIR"), "/pages/", $name, ".js")),
            style: include_bytes!(concat!(env!("OUT_DIR"), "/pages/", $name, ".css")),
        }
    };
}

/// A way to explore GraphQL; `{{VOORBEELDEN}}` in it is still to be filled in too.
pub const GRAPHIQL: Page = page!("graphiql");
/// The reference of the bijhouding API.
pub const API: Page = page!("api");
