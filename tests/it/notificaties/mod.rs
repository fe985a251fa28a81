//! What happened reaches others: published once, in order, whatever dies on the way.

mod publicatie;
mod support;

pub use support::{all_published, start_publisher};
