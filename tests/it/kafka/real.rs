//! What only a real broker shows. `tests/kafka/real-kafka` starts it.

mod foltering;
mod killed;
mod own;
mod protected;
mod topics;

/// What the script gave.
fn given(variable: &str) -> String {
    std::env::var(variable).unwrap_or_else(|_| panic!("{variable}: see tests/kafka/real-kafka"))
}
