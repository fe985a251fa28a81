//! The four products over HTTP: pages, audiences, limits.

mod audiences;
mod pages;
mod transport;
