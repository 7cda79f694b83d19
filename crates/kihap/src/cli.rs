//! The words of the command line.

use clap::Parser;

use crate::commands::Command;

/// Teaches a camera taekwondo: from pictures to a model that has been honestly measured.
#[derive(Debug, Parser)]
#[command(name = "kihap", version, about, arg_required_else_help = true)]
pub(crate) struct Cli {
    /// Print one JSON document to stdout instead of sentences.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}
