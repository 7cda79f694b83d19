//! Why something failed, where the user can mend it: what the page has words for in both languages.

use std::io::ErrorKind;
use std::path::Path;

use kihap_dataset::DatasetError;
use kihap_jobs::JobError;
use kihap_learn::LearnError;
use kihap_vision::VisionError;
use kihap_vision::weights::SetupError;
use serde::Serialize;

use crate::error::StudioError;

/// A cause that users meet, as a code with what it says of their things. Other errors have their English sentence alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(test, derive(serde::Deserialize))]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Cause {
    /// Nothing is in use to learn from or to look over.
    NoSamples,
    /// Only one class has samples.
    OneClass { class: String },
    /// These classes have too few independent samples to learn from and to measure.
    FewSamples { classes: Vec<String> },
    /// All samples of a class fall into one fold.
    FewForFolds { class: String, folds: usize },
    /// The person to be tested on is in no sample.
    NoSuchPerson { person: String },
    /// None of the samples holds what the network reads.
    NoneUsable { count: usize },
    /// Nobody was found in any training sample.
    NobodyFound,
    /// Learning went astray.
    Diverged { rate: f64 },
    /// What was learnt so far does not fit the samples or the options of now, or is damaged.
    Checkpoint,
    /// The project's folder holds no dataset any more.
    DatasetGone,
    /// A file of the project is damaged or was changed by hand.
    DatasetDamaged { file: String },
    /// The project was written by a later Kihap.
    DatasetNewer,
    /// Another program holds the project.
    DatasetBusy,
    /// A file of the model is missing.
    ModelIncomplete { file: String },
    /// A file of the model is damaged, or from another version.
    ModelDamaged { file: String },
    /// The model's features are made otherwise by this version.
    ModelOutdated,
    /// Set-up has not brought a network or the runtime.
    NotInstalled,
    /// A network or the runtime does not work.
    NetworkFailed,
    /// A page of its own needs onnxruntime-web, which could not be got.
    NoPageRuntime { package: String },
    /// The exported file gives other answers than Kihap.
    ExportDiffers { changed: usize, samples: usize },
    /// The disk is full.
    DiskFull,
    /// A file or folder may not be read or written.
    NoRight { file: String },
    /// The work broke off by a fault of the program.
    BrokenOff,
}

impl Cause {
    /// The cause of an error; `None` where the page has no words for it.
    pub(crate) fn of(error: &StudioError) -> Option<Cause> {
        match error {
            StudioError::Refused { cause, .. } => Some(cause.clone()),
            StudioError::Dataset(error) => of_dataset(error),
            StudioError::Job(error) => of_job(error),
            StudioError::Learn(error) => of_learning(error),
            StudioError::Vision(error) => of_vision(error),
            StudioError::Setup(SetupError::Write { path, reason, .. }) => of_system(reason.kind(), path),
            // Without the file's name it cannot be said what may not be read or written.
            StudioError::Io(error) => of_system(error.kind(), Path::new("")).filter(|cause| *cause == Cause::DiskFull),
            StudioError::BrokenOff(_) => Some(Cause::BrokenOff),
            _ => None,
        }
    }
}

fn of_job(error: &JobError) -> Option<Cause> {
    Some(match error {
        JobError::Dataset(error) => return of_dataset(error),
        JobError::Learn(error) => return of_learning(error),
        JobError::Vision(error) => return of_vision(error),
        JobError::Io { path, source } => return of_system(source.kind(), path),
        JobError::NoSamples { .. } => Cause::NoSamples,
        JobError::OneClass { class } => Cause::OneClass { class: class.clone() },
        JobError::ClassInOneFold { class, folds } => Cause::FewForFolds { class: class.clone(), folds: *folds },
        JobError::NoSuchPerson { person, .. } => Cause::NoSuchPerson { person: person.clone() },
        JobError::NothingUsable { count, .. } => Cause::NoneUsable { count: *count },
        JobError::OtherFeatures { .. } => Cause::ModelOutdated,
        JobError::NoPageRuntime { package, .. } => Cause::NoPageRuntime { package: package.clone() },
        JobError::ExportDiffers { changed, samples, .. } => {
            Cause::ExportDiffers { changed: *changed, samples: *samples }
        }
        _ => return None,
    })
}

fn of_learning(error: &LearnError) -> Option<Cause> {
    Some(match error {
        LearnError::Vision(error) => return of_vision(error),
        LearnError::NoExamples => Cause::NoSamples,
        LearnError::EmptyClass { class } => Cause::FewSamples { classes: vec![class.clone()] },
        LearnError::NobodySeen { .. } => Cause::NobodyFound,
        LearnError::Diverged { rate, .. } => Cause::Diverged { rate: *rate },
        LearnError::Checkpoint { .. } => Cause::Checkpoint,
        // What learning reads by itself are the files of a model.
        LearnError::Io { action: "read", path, source } if source.kind() == ErrorKind::NotFound => {
            Cause::ModelIncomplete { file: name(path) }
        }
        LearnError::Io { path, source, .. } => return of_system(source.kind(), path),
        LearnError::BadModel { path, .. } => Cause::ModelDamaged { file: name(path) },
        _ => return None,
    })
}

fn of_dataset(error: &DatasetError) -> Option<Cause> {
    Some(match error {
        DatasetError::Vision(error) => return of_vision(error),
        DatasetError::Io { path, source, .. } => return of_system(source.kind(), path),
        DatasetError::Database { path, .. } => match error.system_kind() {
            Some(ErrorKind::InvalidData) => Cause::DatasetDamaged { file: name(path) },
            Some(ErrorKind::ResourceBusy) => Cause::DatasetBusy,
            Some(kind) => return of_system(kind, path),
            None => return None,
        },
        DatasetError::NotADataset(_) => Cause::DatasetGone,
        DatasetError::Manifest { path, .. } | DatasetError::Damaged { path, .. } => {
            Cause::DatasetDamaged { file: name(path) }
        }
        DatasetError::Newer { .. } => Cause::DatasetNewer,
        _ => return None,
    })
}

fn of_vision(error: &VisionError) -> Option<Cause> {
    match error {
        VisionError::NotInstalled { .. } => Some(Cause::NotInstalled),
        VisionError::Runtime { .. } | VisionError::Shape { .. } => Some(Cause::NetworkFailed),
        VisionError::Setup(SetupError::Write { path, reason, .. }) => of_system(reason.kind(), path),
        _ => None,
    }
}

fn of_system(kind: ErrorKind, path: &Path) -> Option<Cause> {
    match kind {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Some(Cause::DiskFull),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            Some(Cause::NoRight { file: path.display().to_string() })
        }
        _ => None,
    }
}

/// A file's own name: the project says where it lies.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_dataset::{Dataset, Manifest};
    use kihap_learn::Model;
    use serde_json::json;

    fn told(error: impl Into<StudioError>) -> serde_json::Value {
        json!(error.into().told())
    }

    #[test]
    fn the_wire_has_the_code_its_fields_and_the_english_sentence() {
        let error = JobError::ClassInOneFold { class: "앞차기".into(), folds: 5 };
        let sentence = error.to_string();
        let cause = json!({ "code": "few_for_folds", "class": "앞차기", "folds": 5 });
        assert_eq!(told(error), json!({ "code": "job", "message": sentence, "cause": cause }));
        let unworded = told(StudioError::Bad("just so".into()));
        assert_eq!(unworded, json!({ "code": "bad_request", "message": "just so", "cause": null }));
    }

    #[test]
    fn a_full_disk_is_told_wherever_it_was_met() {
        let full = || std::io::Error::from(ErrorKind::StorageFull);
        let path = || std::path::PathBuf::from("/p/x");
        let met: [StudioError; 4] = [
            full().into(),
            JobError::Io { path: path(), source: full() }.into(),
            LearnError::Io { action: "write", path: path(), source: full() }.into(),
            DatasetError::Io { action: "write", path: path(), source: full() }.into(),
        ];
        for error in met {
            assert_eq!(Cause::of(&error), Some(Cause::DiskFull), "{error}");
        }
        let locked = std::io::Error::from(ErrorKind::PermissionDenied);
        let error = JobError::from(DatasetError::Io { action: "write", path: path(), source: locked });
        assert_eq!(told(error)["cause"], json!({ "code": "no_right", "file": "/p/x" }));
    }

    #[test]
    fn real_damage_is_named_by_its_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(told(Dataset::open(folder.path()).unwrap_err())["cause"]["code"], "dataset_gone");
        drop(Dataset::create(folder.path(), &Manifest::new("p", Vec::new())).unwrap());
        std::fs::write(folder.path().join("samples.db"), vec![b'x'; 5000]).unwrap();
        let cause = &told(Dataset::open(folder.path()).unwrap_err())["cause"];
        assert_eq!(*cause, json!({ "code": "dataset_damaged", "file": "samples.db" }));
        std::fs::write(folder.path().join("kihap.toml"), "name =").unwrap();
        let cause = &told(Dataset::open(folder.path()).unwrap_err())["cause"];
        assert_eq!(*cause, json!({ "code": "dataset_damaged", "file": "kihap.toml" }));

        let model = tempfile::tempdir().unwrap();
        std::fs::write(model.path().join("model.toml"), "schema =").unwrap();
        let cause = told(Model::load(model.path()).unwrap_err())["cause"].clone();
        assert_eq!(cause, json!({ "code": "model_incomplete", "file": "network.json" }));
        for file in ["network.json", "weights.safetensors", "metrics.json"] {
            std::fs::write(model.path().join(file), "{").unwrap();
        }
        let cause = told(Model::load(model.path()).unwrap_err())["cause"].clone();
        assert_eq!(cause, json!({ "code": "model_damaged", "file": "model.toml" }));
    }
}
