//! Taking the pictures of `.tm` projects and sample zips into a dataset.
//!
//! A `.tm` project is a zip of `<class>-!-<number>.jpg` and a `manifest.json`; a sample zip is `<class>-samples.zip` with
//! `0.jpg`, `1.jpg` …, or, as in 2019, folders named after the classes.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use kihap_dataset::import::{ImportOptions, ImportReport, SkipReason, Skipped};
use kihap_dataset::{Class, Dataset, DatasetError, Intake, SampleMeta};
use kihap_vision::picture::is_picture;

use super::manifest::{Extra, MANIFEST, Manifest};
use crate::foreign::leads_out;

/// Largest picture taken out of a zip; Teachable Machine's own are some 20 kB.
const MAX_ENTRY_BYTES: u64 = 64 << 20;
/// Most entries a zip may have.
const MAX_ENTRIES: usize = 200_000;
/// Largest `manifest.json`: with a line of Kihap's for each of 50 000 samples it has 10 MB.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;
/// Pictures are compressed already: a zip that unpacks to this many times its size, and to more than [`MODEST_BYTES`], is none of
/// pictures.
const MOST_UNPACKED: u64 = 20;
const MODEST_BYTES: u64 = 256 << 20;

/// Whether the file is one that [`import_archive`] reads.
pub fn is_archive(path: &Path) -> bool {
    path.extension().is_some_and(|e| e.eq_ignore_ascii_case("tm") || e.eq_ignore_ascii_case("zip"))
}

/// Class and file name (without its ending) that an entry of a zip stands for; `None` for everything that is not a sample.
fn class_of(entry: &str, zip_stem: &str, options: &ImportOptions) -> Option<(String, String)> {
    if entry.split('/').any(|part| part.starts_with('.') || part == "__MACOSX") || !is_picture(Path::new(entry)) {
        return None;
    }
    let (folder, file) = entry.rsplit_once('/').map_or((None, entry), |(folder, file)| (Some(folder), file));
    let own = match file.rsplit_once("-!-") {
        Some((class, _)) => class.to_owned(),
        None => match folder.and_then(|f| f.rsplit('/').next()) {
            Some(folder) => folder.to_owned(),
            None => zip_stem.strip_suffix("-samples").unwrap_or(zip_stem).to_owned(),
        },
    };
    let stem = Path::new(file).file_stem().map(|s| s.to_string_lossy().replace("-!-", "_")).unwrap_or_default();
    Some((options.class.clone().unwrap_or(own), stem))
}

/// Takes every picture of the zip into the dataset, adding classes in order of appearance. What cannot be read is
/// reported in `report` and skipped; stopping in between keeps what was taken in.
///
/// # Errors
/// Only when the dataset itself cannot be written.
pub fn import_archive(
    dataset: &mut Dataset,
    path: &Path,
    options: &ImportOptions,
    report: &mut ImportReport,
    cancel: &AtomicBool,
) -> Result<(), DatasetError> {
    let skip = |report: &mut ImportReport, entry: &str, reason: SkipReason| {
        let path = if entry.is_empty() { path.to_owned() } else { path.join(entry) };
        report.skipped.push(Skipped { path, reason });
    };
    let opened = File::open(path).map_err(|e| unreadable(&e));
    let none = |e: zip::result::ZipError| SkipReason::NotAZip { problem: e.to_string() };
    let mut zip = match opened.and_then(|f| zip::ZipArchive::new(f).map_err(none)) {
        Ok(zip) if zip.has_duplicate_names() => {
            skip(report, "", SkipReason::SameNames);
            return Ok(());
        }
        Ok(zip) if zip.len() <= MAX_ENTRIES => zip,
        Ok(zip) => {
            skip(report, "", SkipReason::ManyEntries { entries: zip.len(), most: MAX_ENTRIES });
            return Ok(());
        }
        Err(reason) => {
            skip(report, "", reason);
            return Ok(());
        }
    };
    let extra = extra_of(&mut zip);
    if options.class.is_none() {
        dataset.add_described(extra.usable_classes())?;
    }
    let packed = std::fs::metadata(path).map_or(0, |m| m.len());
    let (mut unpacked, most) = (0, (packed * MOST_UNPACKED).max(MODEST_BYTES));
    let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    for index in 0..zip.len() {
        if cancel.load(Ordering::Relaxed) {
            report.cancelled = true;
            break;
        }
        let mut entry = match zip.by_index(index) {
            Ok(entry) => entry,
            Err(e) => {
                skip(report, &format!("entry {index}"), unreadable(&e));
                continue;
            }
        };
        let name = entry.name().map(|n| n.into_owned()).unwrap_or_default();
        if leads_out(&name) {
            skip(report, &name, SkipReason::LeadsOut);
            continue;
        }
        let Some((class, file)) = class_of(&name, &stem, options) else { continue };
        let mut bytes = Vec::new();
        if let Err(e) = entry.by_ref().take(MAX_ENTRY_BYTES + 1).read_to_end(&mut bytes) {
            skip(report, &name, unreadable(&e));
            continue;
        }
        if bytes.len() as u64 > MAX_ENTRY_BYTES {
            skip(report, &name, SkipReason::LargeEntry { megabytes: MAX_ENTRY_BYTES >> 20 });
            continue;
        }
        unpacked += bytes.len() as u64;
        if unpacked > most {
            skip(report, &name, SkipReason::Swells { times: MOST_UNPACKED });
            break;
        }
        let class = match kihap_dataset::class_name(&class) {
            Ok(class) => class,
            Err(e) => {
                skip(report, &name, e.into());
                continue;
            }
        };
        if dataset.manifest().class(&class).is_none() {
            dataset.add_class(Class::named(class.clone()))?;
        }
        let known = extra.meta(&name);
        let zip_name = path.file_name().map(|n| n.to_string_lossy().into_owned());
        let meta = SampleMeta {
            class: class.clone(),
            person: options.person.clone().or(known.person),
            session: options.session.clone().or(known.session),
            source: known.source.or(zip_name),
            view: options.view.clone().or(known.view),
            name: known.name.or(Some(file)),
            ..known
        };
        match dataset.add_picture(&bytes, meta) {
            Ok(Intake::AlreadyThere { .. }) => {
                report.already_there += 1;
                report.per_class.entry(class).or_default().already_there += 1;
            }
            Ok(_) => {
                report.added += 1;
                report.per_class.entry(class).or_default().added += 1;
            }
            Err(DatasetError::Picture(reason)) => skip(report, &name, reason.into()),
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

fn unreadable(error: &dyn std::fmt::Display) -> SkipReason {
    SkipReason::Unreadable { problem: error.to_string() }
}

/// What Kihap has added to a project that it wrote.
fn extra_of(zip: &mut zip::ZipArchive<File>) -> Extra {
    let mut text = Vec::new();
    let read = zip.by_name(MANIFEST).map(|entry| entry.take(MAX_MANIFEST_BYTES).read_to_end(&mut text));
    match read {
        Ok(Ok(_)) => Manifest::extra_of(&text),
        _ => Extra::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(entry: &str, stem: &str) -> Option<String> {
        class_of(entry, stem, &ImportOptions::default()).map(|(class, _)| class)
    }

    #[test]
    fn classes_are_read_from_all_three_shapes() {
        assert_eq!(class("Oben-!-12.jpg", "push").as_deref(), Some("Oben"));
        assert_eq!(class("a-!-b-!-3.jpg", "x").as_deref(), Some("a-!-b"));
        assert_eq!(class("3.jpg", "caps-sorter-samples").as_deref(), Some("caps-sorter"));
        assert_eq!(class("data/Class 1/0.png", "image-model-data").as_deref(), Some("Class 1"));
    }

    #[test]
    fn names_keep_no_ending_twice() {
        let name = |entry| class_of(entry, "x", &ImportOptions::default()).map(|(_, name)| name);
        assert_eq!(name("Oben-!-12.jpg").as_deref(), Some("Oben_12"));
    }

    #[test]
    fn litter_is_passed_over() {
        for entry in ["manifest.json", "__MACOSX/a/0.png", ".DS_Store", "Class 1/.hidden.png"] {
            assert_eq!(class(entry, "x"), None, "{entry}");
        }
    }
}
