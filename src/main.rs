//! The one binary: reads the command line, carries the command out, and tells how it went.

use std::process::ExitCode;

use clap::Parser as _;
use klantbeeld::cli::Cli;
use klantbeeld::{commands, logging};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = logging::start(&cli.log, cli.command.default_log_level()) {
        return commands::failed(&error);
    }
    match commands::run(cli.command).await {
        Ok(code) => code,
        Err(error) => commands::failed(&error),
    }
}
