//! The products.
