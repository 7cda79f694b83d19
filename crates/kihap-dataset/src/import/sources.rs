//! What there is to import: the plan made from the paths a user names.

use std::path::{Path, PathBuf};

use crate::import::report::ImportOptions;
use crate::import::skip::SkipReason;
use crate::manifest::Class;
use crate::sample::{Part, PoseSample, SampleMeta};

/// One file to import.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Job {
    pub path: PathBuf,
    pub kind: Kind,
    pub meta: SampleMeta,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Picture,
    Video,
    /// A table of landmarks; its rows may bring their own class.
    Landmarks,
    /// A sequence of a Kinect's skeletons.
    Kinect,
}

/// Jobs found, and what was left out with the reason.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub jobs: Vec<Job>,
    /// Landmarks without pictures that are read already.
    pub poses: Vec<PoseSample>,
    /// Classes of which more than the name is known.
    pub classes: Vec<Class>,
    pub skipped: Vec<(PathBuf, SkipReason)>,
}

impl Plan {
    pub(crate) fn skip(&mut self, path: &Path, reason: impl Into<SkipReason>) {
        self.skipped.push((path.to_path_buf(), reason.into()));
    }

    /// Adds a file by what its name says it is.
    pub(crate) fn add_file(&mut self, path: &Path, class: &str, split: Option<Part>, options: &ImportOptions) {
        let Some(kind) = kind_of(path) else {
            return self.skip(path, unsupported(path));
        };
        let meta = SampleMeta { class: class.to_string(), split, ..SampleMeta::default() };
        self.add(path, kind, meta, options);
    }

    /// Adds a file; what the options say wins over what `meta` brings.
    pub(crate) fn add(&mut self, path: &Path, kind: Kind, mut meta: SampleMeta, options: &ImportOptions) {
        prefer_options(&mut meta, options);
        let mut named = path;
        if let Some(base) = &options.base {
            match (path.canonicalize(), base.canonicalize()) {
                (Ok(real), Ok(base)) if real.starts_with(&base) => {}
                _ => return self.skip(path, SkipReason::Outside),
            }
            named = path.strip_prefix(base).unwrap_or(path);
        }
        if meta.source.is_none() {
            meta.source = Some(named.to_string_lossy().into_owned());
        }
        if meta.session.is_none() && kind == Kind::Video {
            meta.session.clone_from(&meta.source);
        }
        meta.name = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        self.jobs.push(Job { path: path.to_path_buf(), kind, meta });
    }
}

/// Puts what the options say of everything in place of what a source says of itself.
pub(crate) fn prefer_options(meta: &mut SampleMeta, options: &ImportOptions) {
    let prefer = |wanted: &Option<String>, found: &mut Option<String>| {
        if wanted.is_some() {
            found.clone_from(wanted);
        }
    };
    prefer(&options.person, &mut meta.person);
    prefer(&options.session, &mut meta.session);
    prefer(&options.view, &mut meta.view);
}

/// What kind of source a file is, by its name.
pub(crate) fn kind_of(path: &Path) -> Option<Kind> {
    if kihap_vision::picture::is_picture(path) {
        Some(Kind::Picture)
    } else if kihap_vision::video::is_video(path) {
        Some(Kind::Video)
    } else if is_table(path) {
        Some(Kind::Landmarks)
    } else {
        None
    }
}

pub(crate) fn is_table(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"))
}

/// Files that systems and archivers leave behind; they are nobody's samples and not worth a word.
pub(crate) fn is_ignored(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with('.') || matches!(name.as_str(), "__MACOSX" | "Thumbs.db" | "desktop.ini" | "@eaDir")
}

fn unsupported(path: &Path) -> SkipReason {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase()).unwrap_or_default();
    match extension.as_str() {
        "heic" | "heif" | "avif" | "tif" | "tiff" | "bmp" | "gif" | "raw" | "dng" | "cr2" | "nef" => {
            SkipReason::OtherPicture { format: extension.to_uppercase() }
        }
        "" => SkipReason::NoExtension,
        _ => SkipReason::OtherFile { extension },
    }
}

/// Makes the plan for everything the user named, to go into the dataset in the folder `into`.
pub(crate) fn plan(sources: &[PathBuf], into: &Path, options: &ImportOptions) -> Plan {
    let mut plan = Plan::default();
    for source in sources {
        match std::fs::metadata(source) {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                plan.skip(source, SkipReason::NotThere);
            }
            Err(e) => plan.skip(source, SkipReason::unreadable(&e)),
            Ok(found) if found.is_dir() => {
                let recognised = super::kinect::add_folder(&mut plan, source, options)
                    || super::records::add_dataset(&mut plan, source, into, options);
                if !recognised {
                    super::tree::add_folder(&mut plan, source, options);
                }
            }
            Ok(_) if is_table(source) => super::table::add_table(&mut plan, source, options),
            Ok(_) => match &options.class {
                Some(class) => plan.add_file(source, &class.clone(), None, options),
                None if kind_of(source).is_some() => {
                    plan.skip(source, SkipReason::WhichClass);
                }
                None => plan.skip(source, unsupported(source)),
            },
        }
    }
    plan
}
