//! The states of the objects.
