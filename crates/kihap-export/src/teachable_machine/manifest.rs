//! What a `.tm` project says of itself, and what Kihap adds so that a dataset comes back whole.
//!
//! The site keeps no list of classes, no person, no recording and no split. Kihap puts these under `appdata.kihap`, a key that
//! the site does not know.

use std::collections::BTreeMap;

use kihap_dataset::{Class, Part, Sample, SampleMeta, class_name};
use serde::{Deserialize, Serialize};

/// The last entry of a project.
pub(super) const MANIFEST: &str = "manifest.json";
/// Version of what stands under `kihap`.
const SCHEMA: u32 = 1;

/// `manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    #[serde(rename = "type")]
    pub(super) kind: String,
    version: String,
    appdata: AppData,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AppData {
    #[serde(default)]
    publish_results: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    train_epochs: u32,
    #[serde(default)]
    train_batch_size: u32,
    #[serde(default)]
    train_learning_rate: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kihap: Option<Extra>,
}

/// What the site has no place for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Extra {
    schema: u32,
    /// Every class, those without samples too.
    #[serde(default)]
    classes: Vec<Class>,
    /// By the name of the entry.
    #[serde(default)]
    samples: BTreeMap<String, Facts>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frame: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    view: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    step: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Part>,
}

/// What a project is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProjectKind {
    /// Pictures.
    Image,
    /// Poses; the project holds pictures all the same.
    Pose,
}

impl Manifest {
    /// A project as the site saves it, with its own training options.
    pub(super) fn new(kind: ProjectKind, classes: &[Class]) -> Manifest {
        let (kind, version, rate) = match kind {
            ProjectKind::Image => ("image", "2.4.7", 0.001),
            ProjectKind::Pose => ("pose", "2.4.5", 0.0001),
        };
        let extra = Extra { schema: SCHEMA, classes: classes.to_vec(), samples: BTreeMap::new() };
        Manifest {
            kind: kind.into(),
            version: version.into(),
            appdata: AppData {
                publish_results: serde_json::Map::new(),
                train_epochs: 50,
                train_batch_size: 16,
                train_learning_rate: rate,
                kihap: Some(extra),
            },
        }
    }

    /// Keeps what is known of a sample.
    pub(super) fn keep(&mut self, entry: &str, sample: &Sample) {
        let stem =
            sample.file.as_deref().and_then(|file| file.rsplit('/').next()).and_then(|file| file.rsplit_once('.'));
        let facts = Facts {
            name: stem.map(|(stem, _)| stem.to_owned()),
            person: sample.person.clone(),
            session: sample.session.clone(),
            source: sample.source.clone(),
            frame: sample.frame,
            time_seconds: sample.time_seconds,
            view: sample.view.clone(),
            step: sample.step.clone(),
            split: sample.split,
        };
        if let Some(extra) = &mut self.appdata.kihap {
            extra.samples.insert(entry.to_owned(), facts);
        }
    }

    /// What Kihap has added to a project; nothing for the site's own.
    pub(super) fn extra_of(text: &[u8]) -> Extra {
        let manifest: Option<Manifest> = serde_json::from_slice(text).ok();
        manifest.and_then(|manifest| manifest.appdata.kihap).filter(|extra| extra.schema == SCHEMA).unwrap_or_default()
    }
}

impl Extra {
    /// The classes that a dataset can have; a mirror that does not name its partner back is left out.
    pub(super) fn usable_classes(&self) -> Vec<Class> {
        let mut usable: Vec<Class> = Vec::new();
        for class in &self.classes {
            let name = class_name(&class.name).is_ok_and(|name| name == class.name);
            if name && usable.iter().all(|other| other.name != class.name) {
                usable.push(class.clone());
            }
        }
        let pairs: Vec<(String, Option<String>)> = usable.iter().map(|c| (c.name.clone(), c.mirror.clone())).collect();
        for class in &mut usable {
            let back = Some(class.name.clone());
            class.mirror = class.mirror.take().filter(|mirror| pairs.contains(&(mirror.clone(), back.clone())));
        }
        usable
    }

    /// What was known of the sample that an entry holds.
    pub(super) fn meta(&self, entry: &str) -> SampleMeta {
        let facts = self.samples.get(entry).cloned().unwrap_or_default();
        SampleMeta {
            class: String::new(),
            person: facts.person,
            session: facts.session,
            source: facts.source,
            frame: facts.frame,
            time_seconds: facts.time_seconds.filter(|seconds| seconds.is_finite()),
            view: facts.view,
            step: facts.step,
            split: facts.split,
            name: facts.name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sites_own_manifests_add_nothing() {
        let site = br#"{"type":"pose","version":"2.4.5","appdata":{"publishResults":{},"trainEpochs":50,"trainBatchSize":16,"trainLearningRate":0.0001}}"#;
        assert!(Manifest::extra_of(site).classes.is_empty());
        assert!(Manifest::extra_of(b"not json").classes.is_empty());
        let later = br#"{"type":"pose","version":"9","appdata":{"kihap":{"schema":99,"classes":[{"name":"a"}]}}}"#;
        assert!(Manifest::extra_of(later).classes.is_empty());
    }

    #[test]
    fn what_is_written_is_what_the_site_writes_and_one_key_more() {
        let text = serde_json::to_value(Manifest::new(ProjectKind::Pose, &[Class::named("a")])).unwrap();
        assert_eq!(
            (text["type"].as_str(), text["appdata"]["trainLearningRate"].as_f64()),
            (Some("pose"), Some(0.0001))
        );
        assert_eq!(text["appdata"]["kihap"]["classes"][0]["name"], "a");
    }
}
