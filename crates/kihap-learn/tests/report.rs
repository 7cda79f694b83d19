//! The report's files.

use std::{fs, path::Path};

use kihap_learn::{
    EpochRecord, Evaluation, Language, Prediction, Warning,
    report::{ReportData, ReportSample, ReportTable, write_report},
    train::EpochScores,
};

const EVIL: &str = "</script><script>alert('x')</script>";

fn history() -> Vec<EpochRecord> {
    let scores = |loss: f64| EpochScores {
        loss,
        accuracy: 1.0 - loss / 3.0,
        precision: 1.0 - loss / 3.0,
        recall: 1.0 - loss / 4.0,
        f1: 1.0 - loss / 3.5,
        keras_precision: 0.9,
        keras_recall: 0.8,
    };
    (1..=30)
        .map(|epoch| {
            let t = epoch as f64;
            EpochRecord {
                member: 0,
                epoch,
                epochs: 30,
                training: scores(1.8 * (-t / 8.0).exp()),
                validation: Some(scores(1.6 * (-t / 9.0).exp() + 0.15 + (t - 18.0).max(0.0) * 0.01)),
                learning_rate: 1e-3,
                seconds: 0.1,
                best: epoch == 18,
            }
        })
        .collect()
}

fn data(language: Language) -> ReportData {
    let classes =
        ["아래막기 (왼쪽)".to_owned(), EVIL.to_owned(), "front_kick \"앞차기\"".to_owned(), "준비서기".to_owned()];
    let labels: Vec<usize> = (0..80).map(|i| i % 4).collect();
    let predictions: Vec<Prediction> = (0..80)
        .map(|i| {
            let mut row = vec![0.05; 4];
            row[if i % 9 == 0 { (i + 1) % 4 } else { i % 4 }] = 0.85;
            Prediction::from_probabilities(row, if i % 13 == 0 { 0.9 } else { 0.5 })
        })
        .collect();
    let evaluation = Evaluation::new(&classes, &labels, &predictions, "test").unwrap();
    let dot = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0naHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmcnIHdpZHRoPSc4MCcgaGVpZ2h0PSc4MCc+PGNpcmNsZSBjeD0nNDAnIGN5PSc0MCcgcj0nMzAnIGZpbGw9J3RlYWwnLz48L3N2Zz4=";
    let samples = labels.iter().zip(&predictions).enumerate().map(|(i, (truth, prediction))| ReportSample {
        name: if i == 9 { EVIL.to_owned() } else { format!("준비/사진 {i}.jpg") },
        truth: *truth,
        predicted: prediction.label,
        confidence: prediction.confidence() - i as f64 / 1000.0,
        abstained: prediction.abstained,
        picture: Some(match i % 3 {
            0 => dot.to_owned(),
            1 => "../thumbs/a.jpg".to_owned(),
            _ => "https://example.org/spy.png".to_owned(),
        }),
        link: Some(if i % 2 == 0 { "javascript:alert(1)".to_owned() } else { format!("file:///data/{i}.jpg") }),
    });
    ReportData {
        title: format!("landmark-mlp · {EVIL}"),
        language,
        class_titles: Vec::new(),
        history: history(),
        samples: samples.collect(),
        facts: vec![ReportTable {
            title: "Options".into(),
            rows: vec![("learning_rate".into(), "0.001".into()), (EVIL.into(), EVIL.into())],
        }],
        curation: vec![ReportTable { title: "Set aside".into(), rows: vec![("blur".into(), "12".into())] }],
        warnings: vec![Warning::RandomSplit, Warning::FewSamples { class: EVIL.into(), count: 3 }],
        evaluation,
    }
}

fn write(language: Language, folder: &Path) -> String {
    let files = write_report(folder, &data(language)).unwrap();
    assert_eq!(files.plots.len(), 8);
    for path in &files.plots {
        let bytes = fs::read(path).unwrap();
        match path.extension().unwrap().to_str() {
            Some("png") => assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 5000, "{}", path.display()),
            _ => assert!(bytes.starts_with(b"<svg"), "{}", path.display()),
        }
    }
    let leftovers: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(leftovers.len(), 2, "{leftovers:?}");
    fs::read_to_string(files.html).unwrap()
}

#[test]
fn the_page_needs_no_network_and_runs_no_foreign_script() {
    let place = tempfile::tempdir().unwrap();
    for language in [Language::English, Language::Korean] {
        let html = write(language, place.path());
        for address in ["http://", "https://", "javascript:", "src=\"//", "@import", "url("] {
            assert!(!html.contains(address), "{address} in the page");
        }
        assert!(!html.contains(EVIL), "a class name became a script");
        assert!(!html.contains("<script>alert"), "a name became a script");
        assert!(html.contains("&lt;&#x2f;script&gt;&lt;script&gt;alert"), "the class name is gone");
        assert!(html.contains("\\u003c/script\\u003e\\u003cscript\\u003ealert"), "the sample's name is gone");
        assert!(html.contains("아래막기 (왼쪽)") && html.contains("&quot;앞차기&quot;"));
        assert!(html.contains("../thumbs/a.jpg") || html.contains("..&#x2f;thumbs&#x2f;a.jpg"));
    }
}

#[test]
fn both_languages_and_every_part_are_there() {
    let place = tempfile::tempdir().unwrap();
    let english = write(Language::English, place.path());
    let korean = write(Language::Korean, place.path());
    for words in ["Learning curves", "Confusion matrix", "Worst mistakes", "Curation", "the split is random", "0.001"] {
        assert!(english.contains(words), "{words}");
    }
    for words in ["lang=\"ko\"", "학습 곡선", "혼동 행렬", "가장 큰 실수", "데이터 정리", "무작위로 나누어"]
    {
        assert!(korean.contains(words), "{words}");
    }
    assert!(english.contains("data-truth=\"0\" data-predicted=\"1\""), "cells do not open their pictures");
}

#[test]
fn a_model_without_history_or_samples_has_a_report_too() {
    let place = tempfile::tempdir().unwrap();
    let bare = ReportData { history: Vec::new(), samples: Vec::new(), ..data(Language::English) };
    let files = write_report(place.path(), &bare).unwrap();
    assert_eq!(files.plots.len(), 2);
    let html = fs::read_to_string(files.html).unwrap();
    assert!(!html.contains("Learning curves") && html.contains("Not one prediction was wrong"));
}

/// Not a test of its own: `KIHAP_REPORT_OUT=DIR cargo test -p kihap-learn --test report` leaves a report to look at.
#[test]
fn leaves_a_report_to_look_at_where_asked() {
    let Some(folder) = std::env::var_os("KIHAP_REPORT_OUT") else {
        eprintln!("skipped: KIHAP_REPORT_OUT is not set");
        return;
    };
    for (language, name) in [(Language::English, "en"), (Language::Korean, "ko")] {
        write(language, &Path::new(&folder).join(name));
    }
}
