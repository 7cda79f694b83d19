//! Pages, counts, and what an import may read.

mod common;

use std::fs;

use common::*;
use kihap_dataset::import::ImportOptions;
use kihap_dataset::{Class, Dataset, Filter, Reason, SampleId, SampleMeta, Slice, Standing, Standings};

fn filled(root: &std::path::Path) -> Dataset {
    let mut dataset = empty_dataset(root);
    for i in 0..10 {
        let class = if i < 7 { "앞차기" } else { "it's" };
        let meta = SampleMeta {
            class: class.into(),
            person: Some(format!("p{}", i % 2)),
            session: (i > 4).then(|| "s".to_string()),
            ..Default::default()
        };
        dataset.add_picture(&jpeg(i), meta).unwrap();
    }
    dataset.set_aside(&[(SampleId(3), vec![Reason::Dark])]).unwrap();
    dataset
}

fn ids(samples: &[kihap_dataset::Sample]) -> Vec<i64> {
    samples.iter().map(|sample| sample.id.0).collect()
}

#[test]
fn pages_hold_what_the_filter_admits_in_either_order() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = filled(&dir.path().join("set"));
    let class = |name: &str| Filter { classes: Some(vec![name.into()]), ..Filter::default() };
    let page = dataset.page(&class("앞차기"), Slice { offset: 1, limit: 3, newest_first: false }).unwrap();
    assert_eq!((page.total, ids(&page.samples)), (6, vec![2, 4, 5]));
    let page = dataset.page(&class("앞차기"), Slice { offset: 0, limit: 2, newest_first: true }).unwrap();
    assert_eq!((page.total, ids(&page.samples)), (6, vec![7, 6]));
    let all = Slice { offset: 0, limit: 100, newest_first: false };
    assert_eq!(dataset.page(&class("it's"), all).unwrap().total, 3, "quotes in names are names");
    assert_eq!(dataset.page(&class("' OR 1 --"), all).unwrap().total, 0);
    let narrow = Filter {
        standing: Standing::Any,
        persons: Some(vec!["p0".into()]),
        sessions: Some(vec!["s".into()]),
        ..Filter::default()
    };
    for filter in [narrow, Filter::everything(), Filter { standing: Standing::SetAside, ..Filter::default() }] {
        let page = dataset.page(&filter, all).unwrap();
        assert_eq!(page.samples, dataset.samples(&filter).unwrap(), "{filter:?}");
        assert_eq!(page.total, page.samples.len());
    }
}

#[test]
fn counts_and_single_samples() {
    let dir = tempfile::tempdir().unwrap();
    let dataset = filled(&dir.path().join("set"));
    let tally = dataset.tally().unwrap();
    assert_eq!(tally.classes["앞차기"], Standings { in_use: 6, set_aside: 1 });
    assert_eq!((tally.persons, tally.sessions), (vec!["p0".to_string(), "p1".to_string()], vec!["s".to_string()]));
    let found = dataset.samples_by_id(&[SampleId(5), SampleId(99), SampleId(1)]).unwrap();
    assert_eq!(ids(&found), [5, 1]);
    assert!(dataset.samples_by_id(&[]).unwrap().is_empty());
    let file = found[0].file.clone().unwrap();
    assert_eq!(dataset.sample_by_file(&file).unwrap().map(|sample| sample.id), Some(SampleId(5)));
    assert_eq!(dataset.sample_by_file("nothing").unwrap(), None);
}

#[test]
fn classes_added_by_another_opening_are_seen_after_a_refresh() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("set");
    let mut one = empty_dataset(&root);
    Dataset::open(&root).unwrap().add_class(Class::named("new")).unwrap();
    assert!(one.manifest().class("new").is_none());
    one.refresh().unwrap();
    assert!(one.manifest().class("new").is_some());
}

#[test]
fn with_a_base_sources_are_named_from_it_and_nothing_outside_is_read() {
    let dir = tempfile::tempdir().unwrap();
    let base = dir.path().join("upload");
    write(base.join("tree/kick/a.jpg"), &jpeg(1));
    write(dir.path().join("secret.jpg"), &jpeg(2));
    let outside = dir.path().join("secret.jpg");
    let table = format!("file,class\nkick/a.jpg,kick\n../../secret.jpg,kick\n{},kick\n", outside.display());
    write(base.join("tree/list.csv"), table.as_bytes());
    let mut dataset = empty_dataset(&dir.path().join("set"));
    let options = ImportOptions { base: Some(base.clone()), ..Default::default() };
    let report = import_all(&mut dataset, &[base.join("tree")], &options);
    assert_eq!(report.added, 1);
    let reasons: Vec<String> = report.skipped.iter().map(|skipped| skipped.reason.to_string()).collect();
    assert_eq!(reasons.iter().filter(|reason| reason.contains("outside")).count(), 2, "{reasons:?}");

    fs::remove_file(base.join("tree/list.csv")).unwrap();
    let mut other = empty_dataset(&dir.path().join("other"));
    import_all(&mut other, &[base.join("tree")], &options);
    let source = other.samples(&Filter::default()).unwrap().remove(0).source;
    assert_eq!(source.as_deref(), Some("tree/kick/a.jpg"));
}
