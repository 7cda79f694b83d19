//! One file a command.

mod augment;
mod compare;
mod curate;
mod demo;
mod doctor;
mod evaluate;
mod export;
mod import;
mod judge;
mod models;
mod new;
mod predict;
mod recognise;
mod restore;
mod setup;
mod skeleton;
mod spar;
mod studio;
mod synth;
mod track;
mod train;

use crate::cli::Command;
use crate::context::Context;

/// Runs a command.
pub(crate) fn run(command: Command, context: &mut Context) -> anyhow::Result<()> {
    match command {
        Command::Setup(args) => setup::run(&args, context),
        Command::Doctor => doctor::run(context),
        Command::Demo(args) => demo::run(&args, context),
        Command::New(args) => new::run(&args, context),
        Command::Import(args) => import::run(&args, context),
        Command::Curate(args) => curate::run(&args, context),
        Command::Restore(args) => restore::run(&args, context),
        Command::Skeleton(args) => skeleton::run(&args, context),
        Command::Train(args) => train::run(&args, context),
        Command::Augment(args) => augment::run(&args, context),
        Command::Compare(args) => compare::run(&args, context),
        Command::Evaluate(args) => evaluate::run(&args, context),
        Command::Export(args) => export::run(&args, context),
        Command::Predict(args) => predict::run(&args, context),
        Command::Recognise(args) => recognise::run(&args, context),
        Command::Synth(args) => synth::run(&args, context),
        Command::Track(args) => track::run(&args, context),
        Command::Judge(args) => judge::run(&args, context),
        Command::Spar(args) => spar::run(&args, context),
        Command::Models => models::run(context),
        Command::Studio(args) => studio::run(&args, context),
    }
}
