//! The clients that are installed.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Where the clients' package file lies.
pub(crate) fn clients() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../clients")
}

/// Node, Chromium and the packages.
pub(crate) struct Programs {
    pub(crate) modules: PathBuf,
}

/// Says that a test is skipped; on CI it fails instead.
fn missing(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "{what} is missing: run `make clients`");
    eprintln!("skipped: the test with real clients needs {what}; run `make clients`");
}

impl Programs {
    /// `None`, having said so, where something is missing.
    pub(crate) fn find() -> Option<Programs> {
        let modules = clients().join("node_modules");
        let node = Command::new("node").arg("--version").output().is_ok_and(|o| o.status.success());
        let chromium = std::env::var_os("KIHAP_CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from);
        for (what, there) in [
            ("node", node),
            ("clients/node_modules", modules.join("@teachablemachine/pose").is_dir()),
            ("Chromium (KIHAP_CHROMIUM)", chromium.is_file()),
        ] {
            if !there {
                missing(what);
                return None;
            }
        }
        Some(Programs { modules })
    }

    /// Runs one of the scripts with a job, and reads the JSON it prints.
    pub(crate) fn node(&self, script: &str, job: &Value) -> Value {
        run_json(Path::new("node"), script, job)
    }

    /// A Python with onnx and onnxruntime: `KIHAP_CLIENTS_PYTHON`, else that of `.venv-clients`.
    pub(crate) fn python(&self) -> Option<PathBuf> {
        let own = clients().join("../.venv-clients/bin/python");
        let python = std::env::var_os("KIHAP_CLIENTS_PYTHON").map_or(own, PathBuf::from);
        let works = Command::new(&python).args(["-c", "import onnx, onnxruntime, PIL"]).output();
        if works.is_ok_and(|output| output.status.success()) {
            return Some(python);
        }
        missing("Python with onnx and onnxruntime (.venv-clients)");
        None
    }
}

pub(crate) fn run_json(program: &Path, script: &str, job: &Value) -> Value {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), job.to_string()).unwrap();
    let run = Command::new(program)
        .arg(clients().join(script))
        .arg(file.path())
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("{} cannot be run: {e}", program.display()));
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{script}: {err}");
    serde_json::from_str(&out).unwrap_or_else(|e| panic!("{script}: {e}\n{out}\n{err}"))
}
