//! The Kafka relay beside the service.

use tokio::task::JoinHandle;
use write_side::uitgaand::kafka::KafkaSettings;

use crate::app::{AppError, Parts};
use crate::commands::CommandError;
use crate::shutdown::Stop;

/// The relay to Kafka, when something goes there.
#[derive(Debug, Default)]
pub(crate) struct KafkaTask {
    task: Option<JoinHandle<()>>,
}

impl KafkaTask {
    /// Starts it. It needs no broker to be there, but files that it can read.
    #[cfg(feature = "kafka")]
    pub(crate) fn start(
        settings: Option<&KafkaSettings>,
        parts: &Parts,
        stop: &Stop,
    ) -> Result<Self, CommandError> {
        use std::sync::Arc;

        use write_side::uitgaand::kafka::KafkaRelay;

        let Some(settings) = settings else { return Ok(Self::default()) };
        let (pool, clock) = (parts.pool.clone(), Arc::clone(&parts.clock));
        let relay = KafkaRelay::new(pool, clock, settings, &parts.afzender)?;
        Ok(Self { task: Some(tokio::spawn(relay.run(stop.receiver()))) })
    }

    /// The settings are refused before anything comes here.
    #[cfg(not(feature = "kafka"))]
    pub(crate) fn start(
        settings: Option<&KafkaSettings>,
        _: &Parts,
        _: &Stop,
    ) -> Result<Self, CommandError> {
        match settings {
            Some(_) => Err(crate::config::KafkaSettingsError::NotBuilt.into()),
            None => Ok(Self::default()),
        }
    }

    /// Tells it to stop, whatever ended the service, and waits until it has finished its round.
    pub(crate) async fn end(self, stop: &Stop) -> Result<(), AppError> {
        stop.trigger();
        match self.task {
            Some(task) => task.await.map_err(AppError::Broken),
            None => Ok(()),
        }
    }
}
