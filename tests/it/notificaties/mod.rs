//! What happened reaches others: published once, in order, whatever dies on the way.

mod publicatie;
mod support;
