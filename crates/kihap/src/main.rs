//! `kihap`: the command line. Each command is one file under `commands/`.

mod cli;
mod commands;
mod context;
mod options;
mod recipe;

use std::process::ExitCode;

use clap::Parser;

use cli::Cli;
use context::Context;

/// Exit codes: 0 done, 1 the user's fault (or stopped by the user), 2 ours.
fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no errors.
            let code = if error.use_stderr() { 1 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let mut context = Context::new(cli.json);
    match commands::run(cli.command, &mut context) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            context.clear_progress();
            eprintln!("kihap: {}", context::sentence(&error));
            ExitCode::from(if context::is_ours(&error) { 2 } else { 1 })
        }
    }
}
