//! `kihap studio`

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::time::Duration;

use anyhow::Context as _;
use clap::Args;
use kihap_studio::{Options, Server};
use serde_json::json;

use crate::context::{Context, syllabus};

/// How often ctrl-C is looked for.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Debug, Args)]
pub(crate) struct StudioArgs {
    /// The port on this machine; 0 takes any free one.
    #[arg(long, default_value_t = kihap_studio::Options::PORT)]
    pub(crate) port: u16,
    /// Open the browser, too.
    #[arg(long)]
    pub(crate) open: bool,
    /// The folder of the projects, made where it is missing; Kihap in the home folder without.
    #[arg(long)]
    pub(crate) projects: Option<PathBuf>,
    /// The address to listen on. Others than this machine's own let other machines in, and need --token.
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: std::net::IpAddr,
    /// A secret of 16 characters or more that every browser must bring.
    #[arg(long)]
    pub(crate) token: Option<String>,
}

pub(crate) fn run(args: &StudioArgs, context: &mut Context) -> anyhow::Result<()> {
    let projects = match &args.projects {
        Some(folder) => folder.clone(),
        None => own_projects().context("there is no home folder for projects; name one with --projects")?,
    };
    let options = Options { host: args.host, port: args.port, token: args.token.clone(), projects: projects.clone() };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let server = Server::bind(options, syllabus()?).await?;
        let url = server.url();
        context.print(&json!({ "url": url, "projects": projects }), || {
            format!(
                "the studio is at {url}\nprojects: {}\nctrl-C ends it; what was recorded is kept",
                projects.display()
            )
        })?;
        if args.open {
            open(&url, context);
        }
        let cancel = std::sync::Arc::clone(&context.cancel);
        let stopped = async move {
            while !cancel.load(Ordering::Relaxed) {
                tokio::time::sleep(LOOK).await;
            }
        };
        server.run(stopped).await.map_err(anyhow::Error::from)
    })
}

/// `Kihap` in the user's home folder.
fn own_projects() -> Option<PathBuf> {
    dirs::home_dir().map(|home| home.join("Kihap"))
}

/// Opens the browser; where that does not work, the address was printed.
fn open(url: &str, context: &mut Context) {
    let (program, first): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let started = Command::new(program)
        .args(first)
        .arg(url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if let Err(error) = started {
        context.say(&format!("cannot open a browser ({error}); open {url} yourself"));
    }
}
