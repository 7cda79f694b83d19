//! `kihap doctor`

use std::process::{Command, Stdio};

use kihap_vision::runtime;
use kihap_vision::video::ffmpeg_program;
use kihap_vision::weights::{State, cache_dir, check};
use serde::Serialize;
use serde_json::json;

use crate::context::Context;

#[derive(Serialize)]
struct Finding {
    name: String,
    ok: bool,
    says: String,
    mend: Option<String>,
}

pub(crate) fn run(context: &mut Context) -> anyhow::Result<()> {
    let mut findings = Vec::new();
    let own_runtime = std::env::var_os("KIHAP_ONNXRUNTIME").is_some();
    for state in check(true)? {
        findings.push(match state {
            State::Ready(i) => Finding { name: i.name, ok: true, says: i.package, mend: None },
            State::Missing { name } if name == "onnxruntime" && own_runtime && runtime::library_path().exists() => {
                let says = format!("KIHAP_ONNXRUNTIME: {}", runtime::library_path().display());
                Finding { name, ok: true, says, mend: None }
            }
            State::Missing { name } => {
                Finding { name, ok: false, says: "not there".into(), mend: Some("run `kihap setup`".into()) }
            }
            State::Stale { name, reason } => {
                Finding { name, ok: false, says: reason, mend: Some("run `kihap setup`".into()) }
            }
        });
    }
    let programs = [
        (
            "ffmpeg",
            ffmpeg_program(),
            "-version",
            "install ffmpeg to read videos (Debian, Ubuntu: `sudo apt install ffmpeg`)",
        ),
        ("npm", "npm".into(), "--version", "install Node.js; only `kihap setup` needs it"),
        ("python3", "python3".into(), "--version", "install Python 3 with pip; only `kihap setup` needs it"),
    ];
    for (name, program, flag, mend) in programs {
        let answer = Command::new(&program).arg(flag).stdin(Stdio::null()).output().ok().filter(|o| o.status.success());
        let says = match &answer {
            Some(o) => String::from_utf8_lossy(&o.stdout).lines().next().unwrap_or("there").to_owned(),
            None => "not there".into(),
        };
        let ok = answer.is_some();
        findings.push(Finding { name: name.into(), ok, says, mend: (!ok).then(|| mend.to_owned()) });
    }
    let ok = findings.iter().all(|f| f.ok);
    let value = json!({ "ok": ok, "cache": cache_dir(), "threads": runtime::threads(), "findings": findings });
    context.print(&value, || {
        let mut text = format!("cache {} · {} threads\n", cache_dir().display(), runtime::threads());
        for f in &findings {
            text += &format!("{} {:<20} {}", if f.ok { "✓" } else { "✗" }, f.name, f.says);
            if let Some(mend) = &f.mend {
                text += &format!(" → {mend}");
            }
            text.push('\n');
        }
        text
    })?;
    anyhow::ensure!(ok, "something is missing; the arrows above say the mend");
    Ok(())
}
