//! The networks and the runtime that go beside a model's page.

use std::path::{Path, PathBuf};
use std::process::Command;

use kihap_export::web::{ORT_FILES, ORT_VERSION, needs, page};
use kihap_learn::Model;
use kihap_vision::{VisionError, weights};

use super::folder::File;
use super::node::places;
use crate::error::{JobError, Result};

const DETECTOR: &str = "blazepose-detector.onnx";

/// Everything of a model's page but `model.onnx` and the cards.
pub(super) fn files(model: &Model) -> Result<Vec<File>> {
    let mut files: Vec<File> = page(model)?.into_iter().map(|(name, bytes)| File::new(name, bytes)).collect();
    if let Some(landmarks) = needs(model)?.landmarks {
        for name in [DETECTOR.to_owned(), format!("{landmarks}.onnx")] {
            let path = weights::cache_dir().join(&name);
            if !path.is_file() {
                return Err(VisionError::NotInstalled { what: format!("the network {name}"), path }.into());
            }
            files.push(File::new(name, std::fs::read(&path).map_err(JobError::io(&path))?));
        }
    }
    let runtime = runtime()?;
    for name in ORT_FILES {
        let path = runtime.join(name);
        files.push(File::new(format!("ort/{name}"), std::fs::read(&path).map_err(JobError::io(&path))?));
    }
    Ok(files)
}

/// The folder with onnxruntime-web's files: where npm has put that release already, else the cache, which npm fills once.
fn runtime() -> Result<PathBuf> {
    let complete = |folder: &Path| ORT_FILES.iter().all(|name| folder.join(name).is_file());
    let cached = weights::cache_dir().join(format!("onnxruntime-web-{ORT_VERSION}"));
    let installed = places()
        .into_iter()
        .map(|place| place.join("onnxruntime-web"))
        .filter(|package| super::node::version_of(package).as_deref() == Some(ORT_VERSION));
    let mut known = installed.map(|package| package.join("dist")).chain([cached.clone()]);
    if let Some(folder) = known.find(|folder| complete(folder)) {
        return Ok(folder);
    }
    fetch(&cached)?;
    if complete(&cached) {
        return Ok(cached);
    }
    Err(JobError::File {
        path: cached,
        reason: "onnxruntime-web lacks files; remove the folder and export again".into(),
    })
}

/// Has npm put the package into a temporary folder, and keeps the files that are needed.
fn fetch(cached: &Path) -> Result<()> {
    let package = format!("onnxruntime-web@{ORT_VERSION}");
    let failed = |reason: String| JobError::NoPageRuntime { package: package.clone(), reason };
    let parent = weights::cache_dir();
    std::fs::create_dir_all(&parent).map_err(JobError::io(&parent))?;
    let draft = tempfile::tempdir_in(&parent).map_err(JobError::io(&parent))?;
    let run = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"])
        .arg(draft.path())
        .arg(&package)
        .output()
        .map_err(|e| failed(format!("npm cannot be run ({e})")))?;
    if !run.status.success() {
        let said = String::from_utf8_lossy(&run.stderr);
        return Err(failed(said.lines().next().unwrap_or("npm failed").trim().to_owned()));
    }
    let kept = draft.path().join("kept");
    let dist = draft.path().join("node_modules/onnxruntime-web/dist");
    std::fs::create_dir(&kept)
        .and_then(|()| ORT_FILES.iter().try_for_each(|name| std::fs::copy(dist.join(name), kept.join(name)).map(drop)))
        .and_then(|()| std::fs::rename(&kept, cached))
        .map_err(JobError::io(cached))
}
