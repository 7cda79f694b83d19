//! Folder trees: `class/…`, `train|validation|test/class/…`, and one of these inside another folder.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::import::report::ImportOptions;
use crate::import::skip::SkipReason;
use crate::import::sources::{Plan, is_ignored, is_table, kind_of};
use crate::import::table;
use crate::sample::Part;

/// What a folder holds, sorted by name, without what is ignored.
struct Listing {
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
}

fn list(folder: &Path) -> std::io::Result<Listing> {
    let mut listing = Listing { folders: Vec::new(), files: Vec::new() };
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if is_ignored(&path) {
            continue;
        }
        if path.is_dir() { listing.folders.push(path) } else { listing.files.push(path) }
    }
    listing.folders.sort();
    listing.files.sort();
    Ok(listing)
}

fn name_of(path: &Path) -> String {
    // `import .` has no last component until the path is made whole.
    let whole = path.file_name().map_or_else(|| path.canonicalize().unwrap_or_default(), PathBuf::from);
    whole.file_name().unwrap_or(OsStr::new("")).to_string_lossy().into_owned()
}

/// Adds everything in a folder the user named.
pub(crate) fn add_folder(plan: &mut Plan, folder: &Path, options: &ImportOptions) {
    let before = (plan.jobs.len(), plan.skipped.len());
    if let Some(class) = &options.class {
        add_class(plan, folder, &class.clone(), None, options);
    } else {
        let split = Part::parse(&name_of(folder)).filter(|_| has_folders(folder));
        add_classes(plan, folder, split, true, options);
    }
    if (plan.jobs.len(), plan.skipped.len()) == before {
        plan.skip(folder, SkipReason::EmptyFolder);
    }
}

/// Adds a folder whose sub-folders are classes, parts of a split, or hold such folders themselves.
fn add_classes(plan: &mut Plan, folder: &Path, split: Option<Part>, named: bool, options: &ImportOptions) {
    let listing = match list(folder) {
        Ok(listing) => listing,
        Err(e) => return plan.skip(folder, SkipReason::unreadable(&e)),
    };
    let tables: Vec<_> = listing.files.iter().filter(|f| is_table(f)).collect();
    if !tables.is_empty() {
        // Tables name the files around them, so walking the folders as well would take everything in twice.
        for path in tables {
            table::add_table(plan, path, options);
        }
        return;
    }
    let loose = listing.files.iter().filter(|f| kind_of(f).is_some());
    if named && listing.folders.is_empty() && !listing.files.is_empty() {
        // A folder of pictures is a class by itself.
        return add_class(plan, folder, &name_of(folder), split, options);
    }
    for path in loose {
        plan.skip(path, SkipReason::BesideFolders);
    }
    for path in &listing.folders {
        let part = Part::parse(&name_of(path)).filter(|_| has_folders(path));
        if part.is_some() || holds_parts(path) {
            add_classes(plan, path, part.or(split), false, options);
        } else {
            add_class(plan, path, &name_of(path), split, options);
        }
    }
}

/// Adds every file below `folder` to one class. Folders called train, validation or test on the way give the part.
fn add_class(plan: &mut Plan, folder: &Path, class: &str, split: Option<Part>, options: &ImportOptions) {
    let class = match crate::names::class_name(class) {
        Ok(class) => class,
        Err(e) => return plan.skip(folder, e),
    };
    let before = (plan.jobs.len(), plan.skipped.len());
    let walk = WalkDir::new(folder).follow_links(true).sort_by_file_name().into_iter();
    for entry in walk.filter_entry(|e| e.depth() == 0 || !is_ignored(e.path())) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => {
                let inner = entry.path().strip_prefix(folder).ok().and_then(Path::parent);
                let part = inner.into_iter().flatten().find_map(|c| Part::parse(&c.to_string_lossy()));
                if is_table(entry.path()) {
                    table::add_table_of_class(plan, entry.path(), &class, part.or(split), options);
                } else {
                    plan.add_file(entry.path(), &class, part.or(split), options);
                }
            }
            Err(e) => {
                let path = e.path().unwrap_or(folder).to_path_buf();
                let reason = e
                    .io_error()
                    .map_or_else(|| SkipReason::Unreadable { problem: e.to_string() }, SkipReason::unreadable);
                plan.skip(&path, reason);
            }
        }
    }
    if (plan.jobs.len(), plan.skipped.len()) == before {
        plan.skip(folder, SkipReason::EmptyClass { class });
    }
}

fn has_folders(folder: &Path) -> bool {
    list(folder).is_ok_and(|l| !l.folders.is_empty())
}

fn holds_parts(folder: &Path) -> bool {
    list(folder).is_ok_and(|l| l.folders.iter().any(|f| Part::parse(&name_of(f)).is_some() && has_folders(f)))
}
