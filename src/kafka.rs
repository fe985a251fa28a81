//! The Kafka relay beside the service.

use tokio::task::JoinHandle;
use write_side::Afzender;
use write_side::uitgaand::kafka::KafkaSettings;

use crate::app::Parts;
use crate::commands::CommandError;
use crate::shutdown::Stop;

/// Kafka, when something goes there.
#[derive(Debug)]
#[cfg_attr(not(feature = "kafka"), expect(dead_code, reason = "nothing goes there"))]
pub(crate) struct Kafka {
    /// Where it is, and what goes where.
    pub(crate) kafka: KafkaSettings,
    /// What stands in every event.
    pub(crate) afzender: Afzender,
}

impl Kafka {
    /// Starts the relay; it ends some time after `stop`.
    #[cfg(feature = "kafka")]
    pub(crate) fn start(
        self,
        parts: &Parts,
        stop: &Stop,
    ) -> Result<Option<JoinHandle<()>>, CommandError> {
        use std::sync::Arc;

        use write_side::uitgaand::kafka::KafkaRelay;

        let (pool, clock) = (parts.pool.clone(), Arc::clone(&parts.clock));
        let relay = KafkaRelay::new(pool, clock, &self.kafka, &self.afzender)?;
        Ok(Some(tokio::spawn(relay.run(stop.receiver()))))
    }

    /// The settings are refused before anything comes here.
    #[cfg(not(feature = "kafka"))]
    pub(crate) fn start(self, _: &Parts, _: &Stop) -> Result<Option<JoinHandle<()>>, CommandError> {
        Err(crate::config::KafkaSettingsError::NotBuilt.into())
    }
}
