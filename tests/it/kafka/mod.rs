//! What goes to Kafka: complete, in order per object, the same however often it is sent. Against the
//! broker that librdkafka brings in process, and against a real one when `KLANTBEELD_TEST_KAFKA` names
//! it (see tests/kafka/real-kafka).

mod broker;
mod delivery;
mod faults;
mod intern;
mod kanarie;
mod process;
mod projecting;
mod reader;
#[cfg(feature = "real-kafka")]
mod real;
mod support;
