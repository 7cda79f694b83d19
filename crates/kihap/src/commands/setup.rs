//! `kihap setup`

use clap::Args;
use kihap_vision::weights::{Network, SetupEvent, SetupOptions, cache_dir, setup};
use serde_json::json;

use crate::context::Context;

#[derive(Debug, Args)]
pub(crate) struct SetupArgs {
    /// Get and convert again what is there already.
    #[arg(long)]
    pub(crate) force: bool,
    /// Only these networks, separated by commas (the runtime always comes along).
    #[arg(long, value_delimiter = ',', value_name = "NETWORK")]
    pub(crate) only: Vec<String>,
}

pub(crate) fn run(args: &SetupArgs, context: &mut Context) -> anyhow::Result<()> {
    let only = args
        .only
        .iter()
        .map(|name| {
            Network::ALL.into_iter().find(|n| n.name() == name).ok_or_else(|| {
                let names: Vec<&str> = Network::ALL.iter().map(|n| n.name()).collect();
                anyhow::anyhow!("there is no network called '{name}'; there are {}", names.join(", "))
            })
        })
        .collect::<anyhow::Result<Vec<Network>>>()?;
    let options = SetupOptions { force: args.force, only };
    let cancel = std::sync::Arc::clone(&context.cancel);
    let installed = setup(&options, &cancel, &mut |event| match event {
        SetupEvent::Pulling { package, download_mb } => context.say(&format!("getting {package} ({download_mb} MB) …")),
        SetupEvent::Converting { network } => context.say(&format!("converting {network} …")),
        SetupEvent::Ready(_) => {}
    })?;
    let value = json!({ "cache": cache_dir(), "installed": installed });
    context.print(&value, || {
        let mut text = String::new();
        for item in &installed {
            text += &format!(
                "{:<20} {:>6.1} MB  {}  ({}; {})\n",
                item.name,
                item.bytes as f64 / 1e6,
                item.package,
                item.licence,
                item.owner
            );
        }
        let total: u64 = installed.iter().map(|i| i.bytes).sum();
        text += &format!("{:.1} MB in {}\n", total as f64 / 1e6, cache_dir().display());
        text + "next: `kihap demo`, or `kihap new DATASET` and `kihap import`"
    })
}
