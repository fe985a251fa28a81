//! Carrying out the commands.

mod documents;
mod generate;
mod kafka;
mod logboek;
mod migrate;
mod partitions;
mod progress;
mod projections;
mod serve;
mod status;
mod table;

use std::error::Error;
use std::io::{self, Write as _};
use std::process::ExitCode;

use crate::app::AppError;
use crate::bench::{self, BenchError};
use crate::cli::{BenchCommand, Command, KafkaCommand};
use crate::config::{KafkaSettingsError, LogboekArgsError};
use crate::database::DatabaseError;
use crate::demo::{self, DemoError};
use crate::generate::GenerateError;
use crate::migrations::MigrationError;
use projector::rebuild::RebuildError;

pub use documents::{DocumentsError, FolderError};
pub use serve::{ServeError, bind};

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The service does not start.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The service ended by itself.
    #[error(transparent)]
    App(#[from] AppError),
    /// There is no database to work with.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The tables are not as they should be.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// How far the products are cannot be told.
    #[error("how far the products are cannot be told")]
    Status(#[from] projector::ProjectorError),
    /// A command on projections was not carried out.
    #[error(transparent)]
    Projections(#[from] RebuildError),
    /// A command on documents was not carried out.
    #[error(transparent)]
    Documents(#[from] DocumentsError),
    /// How far the relay is cannot be told.
    #[error("how far the relay is cannot be told")]
    RelayStatus(#[source] sqlx::Error),
    /// The settings of Kafka.
    #[error(transparent)]
    KafkaSettings(#[from] KafkaSettingsError),
    /// Kafka cannot be used.
    #[cfg(feature = "kafka")]
    #[error(transparent)]
    Kafka(#[from] write_side::uitgaand::kafka::KafkaClientError),
    /// The topics were not made.
    #[cfg(feature = "kafka")]
    #[error(transparent)]
    Topics(#[from] write_side::uitgaand::kafka::TopicError),
    /// Kafka was not named.
    #[error("which Kafka? give --kafka-brokers (KLANTBEELD_KAFKA_BROKERS)")]
    NoKafka,
    /// The logbook cannot be used.
    #[error(transparent)]
    Logboek(#[from] LogboekArgsError),
    /// The logbook could not be judged.
    #[error(transparent)]
    Controle(#[from] ::logboek::ControleError),
    /// Nothing was measured.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// No municipality was made up.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] DemoError),
    /// A document could not be written as JSON.
    #[error("the document could not be written as JSON")]
    Json(#[from] serde_json::Error),
    /// The bijhouding API could not be described.
    #[error(transparent)]
    Document(#[from] write_side::RouterError),
    /// Nobody reads what is printed.
    #[error("what was to be printed could not be written")]
    Print(#[source] io::Error),
}

/// Carries out a command.
///
/// # Errors
/// When it was not carried out; the error says what to do.
pub async fn run(command: Command) -> Result<ExitCode, CommandError> {
    match command {
        Command::Demo(demo) => demo::run(*demo).await?,
        Command::Token(token) => print(&demo::fresh_token(&token)?)?,
        Command::Serve(settings) => serve::run(*settings).await?,
        Command::Migrate(database) => migrate::run(database).await?,
        Command::Status(status) => return status::run(status).await,
        Command::Projections(command) => return projections::run(command).await,
        Command::Documents(command) => return documents::run(command).await,
        Command::Kafka(KafkaCommand::Init(init)) => return kafka::init(*init).await,
        Command::Logboek(command) => return logboek::run(command).await,
        Command::Bench(BenchCommand::Projector(args)) => print(&bench::projector(&args).await?)?,
        Command::Bench(BenchCommand::Read(args)) => {
            print(&bench::read::read(&args).await.map_err(BenchError::from)?)?;
        }
        Command::Bench(BenchCommand::Floor(args)) => {
            bench::read::floor(&args).await.map_err(BenchError::from)?;
        }
        Command::Generate(args) => return generate::run(*args).await,
        Command::Schema => print(graphql::sdl().trim_end())?,
        Command::Openapi => print(write_side::openapi_json()?.trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Tells on stderr why a command failed, with every cause, and gives its exit code.
#[must_use]
pub fn failed(error: &dyn Error) -> ExitCode {
    say(error);
    ExitCode::FAILURE
}

/// Tells on stderr what went wrong, with every cause.
fn say(error: &dyn Error) {
    let mut text = format!("klantbeeld: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        // Some causes only repeat what was said.
        let reason = error.to_string();
        if !text.ends_with(&reason) {
            text.push_str(&format!("\n  because: {reason}"));
        }
        cause = error.source();
    }
    say_line(&text);
}

/// Tells a line on stderr.
fn say_line(text: &str) {
    // When nobody listens there is nobody to tell.
    let _ = writeln!(io::stderr(), "{text}");
}

/// Prints a line, or many, on stdout.
fn print(text: &str) -> Result<(), CommandError> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).map_err(CommandError::Print)
}
