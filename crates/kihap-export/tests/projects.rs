//! Datasets as `.tm` projects, and back.

use std::io::{Cursor, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use image::{ImageFormat, Rgb, RgbImage};
use kihap_dataset::import::{ImportOptions, ImportReport};
use kihap_dataset::{Class, Dataset, Filter, Manifest, Part, PoseSample, Sample, SampleId, SampleMeta};
use kihap_export::teachable_machine::{ProjectError, ProjectKind, import_archive, write_project};
use kihap_vision::{Landmark, Pose, Skeleton};
use zip::ZipArchive;
use zip::write::{SimpleFileOptions, ZipWriter};

fn encoded(seed: u32, side: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(side, side, |x, y| {
        let tile = (x / 16 * 7 + y / 16 * 13 + seed * 31) as u8;
        Rgb([tile.wrapping_mul(37), tile.wrapping_mul(11), (seed * 50) as u8])
    });
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn empty(root: &Path, classes: Vec<Class>) -> Dataset {
    Dataset::create(root, &Manifest::new("set", classes)).unwrap()
}

fn taken_in(zip: &Path, root: &Path) -> (Dataset, ImportReport) {
    let mut dataset = empty(root, Vec::new());
    let mut report = ImportReport::default();
    import_archive(&mut dataset, zip, &ImportOptions::default(), &mut report, &AtomicBool::new(false)).unwrap();
    (dataset, report)
}

/// Everything about a sample that must survive, with its picture's bytes.
fn facts(dataset: &Dataset, sample: &Sample) -> (Sample, Vec<u8>) {
    let bytes = std::fs::read(dataset.picture_path(sample).unwrap()).unwrap();
    (Sample { id: SampleId(0), ..sample.clone() }, bytes)
}

fn all(dataset: &Dataset) -> Vec<(Sample, Vec<u8>)> {
    let mut all: Vec<_> =
        dataset.samples(&Filter::default()).unwrap().iter().map(|sample| facts(dataset, sample)).collect();
    all.sort_by(|a, b| a.0.file.cmp(&b.0.file));
    all
}

#[test]
fn a_round_trip_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let classes = vec![
        Class { english: Some("Low block".into()), mirror: Some("b-!-c".into()), ..Class::named("아래 막기") },
        Class { korean: Some("지르기".into()), mirror: Some("아래 막기".into()), ..Class::named("b-!-c") },
        Class::named("비어 있음: 없음"),
    ];
    let mut dataset = empty(&folder.path().join("first"), classes);
    for (seed, class) in (0..6).zip(["아래 막기", "b-!-c"].into_iter().cycle()) {
        let meta = SampleMeta {
            class: class.into(),
            person: (seed % 3 != 0).then(|| format!("사람 {seed}")),
            session: Some(format!("s{}", seed / 2)),
            split: [None, Some(Part::Train), Some(Part::Test)][seed as usize % 3],
            view: (seed == 2).then(|| "side".into()),
            step: (seed == 3).then(|| "1-2".into()),
            source: Some(format!("clip {seed}.mp4")),
            frame: Some(seed * 10),
            time_seconds: (seed == 1).then_some(0.25),
            name: Some(format!("그림-{seed}")),
        };
        dataset.add_picture(&encoded(seed, 224, ImageFormat::Jpeg), meta).unwrap();
    }
    for kind in [ProjectKind::Image, ProjectKind::Pose] {
        let path = folder.path().join(format!("{kind:?}.tm"));
        let report = write_project(&dataset, &path, kind).unwrap();
        assert_eq!((report.as_they_are, report.resized, report.classes.len()), (6, 0, 3));
        assert_eq!(report.empty_classes, ["비어 있음: 없음"]);
        let (second, import) = taken_in(&path, &folder.path().join(format!("{kind:?}")));
        assert_eq!((import.added, import.skipped.len()), (6, 0), "{:?}", import.skipped);
        assert_eq!(second.classes(), dataset.classes());
        let (before, after) = (all(&dataset), all(&second));
        assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.1, after.1, "the picture, byte for byte");
            let same = Sample { file: after.0.file.clone(), ..before.0.clone() };
            assert_eq!(same, Sample { id: same.id, ..after.0.clone() });
        }
    }
}

#[test]
fn a_project_has_the_sites_shape() {
    let folder = tempfile::tempdir().unwrap();
    let mut dataset = empty(&folder.path().join("set"), vec![Class::named("b"), Class::named("a")]);
    for (seed, class) in [(1, "a"), (2, "b"), (3, "b")] {
        let meta = SampleMeta { class: class.into(), ..SampleMeta::default() };
        dataset.add_picture(&encoded(seed, 224, ImageFormat::Jpeg), meta).unwrap();
    }
    let path = folder.path().join("p.tm");
    write_project(&dataset, &path, ProjectKind::Pose).unwrap();
    let mut zip = ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let names: Vec<String> = zip.file_names().map(|n| n.unwrap().into_owned()).collect();
    assert_eq!(names, ["b-!-0.jpg", "b-!-1.jpg", "a-!-0.jpg", "manifest.json"]);
    for index in 0..zip.len() {
        assert_eq!(zip.by_index(index).unwrap().compression(), zip::CompressionMethod::Stored);
    }
    let manifest: serde_json::Value = serde_json::from_reader(zip.by_name("manifest.json").unwrap()).unwrap();
    assert_eq!(manifest["type"], "pose");
    assert_eq!(manifest["appdata"]["trainBatchSize"], 16);
}

#[test]
fn what_a_project_cannot_hold_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let mut dataset = empty(&folder.path().join("set"), vec![Class::named("a")]);
    let none = write_project(&dataset, &folder.path().join("none.tm"), ProjectKind::Image);
    assert!(matches!(none, Err(ProjectError::NoPictures)) && !folder.path().join("none.tm").exists());
    let meta = || SampleMeta { class: "a".into(), ..SampleMeta::default() };
    dataset.add_picture(&encoded(1, 300, ImageFormat::Jpeg), meta()).unwrap();
    dataset.add_picture(&encoded(2, 224, ImageFormat::Png), meta()).unwrap();
    let joint = Landmark { x: 1.0, y: 2.0, z: 0.0, visibility: 1.0, presence: 1.0 };
    let (skeleton, landmarks) = (Skeleton::Coco17, vec![joint; 17]);
    let pose = Pose { skeleton, width: 10, height: 10, score: 1.0, landmarks, world: Vec::new() };
    dataset.add_poses(vec![PoseSample { pose, meta: meta() }]).unwrap();
    let report = write_project(&dataset, &folder.path().join("p.tm"), ProjectKind::Image).unwrap();
    assert_eq!((report.as_they_are, report.resized, report.without_picture), (0, 2, 1));
    let (second, _) = taken_in(&folder.path().join("p.tm"), &folder.path().join("second"));
    for sample in second.samples(&Filter::default()).unwrap() {
        assert_eq!((sample.width, sample.height), (224, 224));
    }
}

/// A zip of these entries.
fn zip_of(path: &Path, entries: &[(&str, &[u8])]) {
    let mut zip = ZipWriter::new(std::fs::File::create(path).unwrap());
    for (name, bytes) in entries {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap();
}

#[test]
fn hostile_zips_are_told_and_do_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let good = encoded(1, 224, ImageFormat::Jpeg);
    let path = folder.path().join("p.zip");
    let zeros = vec![0u8; 70 << 20];
    zip_of(
        &path,
        &[("../../up-!-0.jpg", &good), ("a/../b/0.jpg", &good), ("ok-!-0.jpg", &good), ("bomb-!-0.jpg", &zeros)],
    );
    let (dataset, report) = taken_in(&path, &folder.path().join("set"));
    assert_eq!(report.added, 1);
    let told = |words: &str| report.skipped.iter().filter(|s| s.reason.to_string().contains(words)).count();
    assert_eq!((told("leads out"), told("64 MB")), (2, 1), "{:?}", report.skipped);
    assert_eq!(dataset.classes().len(), 1);

    let bomb = vec![0u8; 40 << 20];
    let names: Vec<String> = (0..12).map(|i| format!("a-!-{i}.jpg")).collect();
    zip_of(&path, &names.iter().map(|name| (name.as_str(), bomb.as_slice())).collect::<Vec<_>>());
    assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20);
    let (_, report) = taken_in(&path, &folder.path().join("bomb"));
    assert_eq!(report.added, 0);
    assert!(report.skipped.last().unwrap().reason.to_string().contains("20 times its size"), "{:?}", report.skipped);
    assert!(report.skipped.len() < 9, "it was stopped early");

    // two entries of one name, as no zip program writes them
    zip_of(&path, &[("a-!-0.jpg", &good), ("a-!-1.jpg", &good)]);
    let mut bytes = std::fs::read(&path).unwrap();
    for at in 0..bytes.len() - 9 {
        if &bytes[at..at + 9] == b"a-!-1.jpg" {
            bytes[at + 4] = b'0';
        }
    }
    std::fs::write(&path, &bytes).unwrap();
    let (_, report) = taken_in(&path, &folder.path().join("twice"));
    assert!(report.added == 0 && report.skipped[0].reason.to_string().contains("one name"), "{:?}", report.skipped);
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    let (_, report) = taken_in(&path, &folder.path().join("cut"));
    assert!(report.skipped[0].reason.to_string().contains("not a zip"), "{:?}", report.skipped);
}
