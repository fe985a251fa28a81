//! The one binary: reads the command line, carries the command out, and tells how it went.

use std::process::ExitCode;

use clap::Parser as _;
use klantbeeld::cli::Cli;
use klantbeeld::{commands, logging};

/// Stack of a thread that answers, in bytes: the deepest question that the limits let through needs a
/// part of it, also in a build without optimization.
const STACK_BYTES: usize = 16 * 1024 * 1024;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Err(error) = logging::start(&cli.log, cli.command.default_log_level()) {
        return commands::failed(&error);
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    match runtime.enable_all().thread_stack_size(STACK_BYTES).build() {
        Ok(runtime) => match runtime.block_on(commands::run(cli.command)) {
            Ok(code) => code,
            Err(error) => commands::failed(&error),
        },
        Err(error) => commands::failed(&error),
    }
}
