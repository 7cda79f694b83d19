//! Statistics against SciPy's and statsmodels' (`tools/reference_comparison.py`), and a whole comparison from files to table.

use std::path::Path;

use kihap_learn::{
    EpochRecord, Warning,
    compare::{
        Comparison, ComparisonWarning, Contestant, IntervalMethod, JudgedSample, Measured, NotComputable, Plan,
        PrimaryTest, RunKey, RunResult, Runs, corrected_interval, corrected_t_test, holm, mcnemar_exact,
    },
    train::EpochScores,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    t_tests: Vec<TTest>,
    mcnemar: Vec<Pair>,
    holm: Vec<Holm>,
}

#[derive(Deserialize)]
struct TTest {
    values: Vec<f64>,
    ratio: f64,
    mean: f64,
    low: f64,
    high: f64,
    t: f64,
    p_value: f64,
}

#[derive(Deserialize)]
struct Pair {
    only_first: usize,
    only_second: usize,
    p_value: f64,
}

#[derive(Deserialize)]
struct Holm {
    p_values: Vec<f64>,
    adjusted: Vec<f64>,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("golden/comparison.json")).unwrap()
}

fn close(ours: f64, theirs: f64) -> bool {
    (ours - theirs).abs() <= 1e-9 * theirs.abs() + 1e-12
}

#[test]
fn corrected_t_tests_and_intervals_are_scipys() {
    let cases = golden().t_tests;
    assert_eq!(cases.len(), 6);
    for case in cases {
        let test = corrected_t_test(&case.values, case.ratio).unwrap();
        let interval = corrected_interval(&case.values, case.ratio).unwrap();
        assert_eq!(test.interval, interval);
        let told = [test.mean_difference, interval.low, interval.high, test.t, test.p_value];
        for (ours, theirs) in told.into_iter().zip([case.mean, case.low, case.high, case.t, case.p_value]) {
            assert!(close(ours, theirs), "{ours} {theirs} of {:?}", case.values);
        }
        assert_eq!(test.degrees_of_freedom, case.values.len() - 1);
    }
}

#[test]
fn mcnemar_and_holm_are_statsmodels() {
    let golden = golden();
    assert_eq!((golden.mcnemar.len(), golden.holm.len()), (8, 4));
    for case in golden.mcnemar {
        let ours = mcnemar_exact(case.only_first, case.only_second);
        assert!(close(ours, case.p_value), "{} {}: {ours} {}", case.only_first, case.only_second, case.p_value);
    }
    for case in golden.holm {
        let ours = holm(&case.p_values);
        assert!(ours.iter().zip(&case.adjusted).all(|(a, b)| close(*a, *b)), "{ours:?} {:?}", case.adjusted);
    }
}

fn contestant(name: &str) -> Contestant {
    let (model, input) = name.split_once(' ').unwrap_or((name, "landmarks"));
    Contestant { name: name.into(), model: model.into(), input: input.into() }
}

fn scores(loss: f64) -> EpochScores {
    EpochScores {
        loss,
        accuracy: 1.0 - loss / 3.0,
        precision: 0.0,
        recall: 0.0,
        f1: 0.0,
        keras_precision: 0.0,
        keras_recall: 0.0,
    }
}

/// A run that is right on the first `right` of its fold's `samples`.
fn run(name: &str, fold: usize, seed: u64, right: usize, samples: usize) -> RunResult {
    let judged = |index: usize| JudgedSample {
        sample: format!("fold {fold}/{index}"),
        label: 1,
        predicted: usize::from(index < right),
        probability: 0.9,
    };
    let record = |epoch: usize| EpochRecord {
        member: 0,
        epoch,
        epochs: 3,
        training: scores(2.0 / epoch as f64),
        validation: None,
        learning_rate: 1e-3,
        seconds: 1.0,
        best: epoch == 3,
    };
    let accuracy = right as f64 / samples as f64;
    let measured = Measured {
        accuracy,
        macro_f1: accuracy * 0.9,
        top2_error: (1.0 - accuracy) / 2.0,
        loss: 1.0 - accuracy,
        train_seconds: 10.0 + seed as f64,
        ms_per_sample: Some(0.5),
        parameters: 1234,
        training_samples: samples * 4,
        tested: (0..samples).map(judged).collect(),
        history: (1..=3).map(record).collect(),
        warnings: vec![Warning::NoValidation, Warning::StillImproving { epochs: 3 }],
    };
    RunResult::measured(RunKey { contestant: contestant(name), fold, seed }, measured)
}

fn put(runs: &mut Runs, name: &str, rights: &[[usize; 2]; 5]) {
    for (fold, by_seed) in rights.iter().enumerate() {
        for (seed, right) in by_seed.iter().enumerate() {
            runs.put(run(name, fold, seed as u64, *right, 20)).unwrap();
        }
    }
}

const GRU: [[usize; 2]; 5] = [[18, 19], [17, 17], [20, 19], [18, 16], [19, 19]];
const RNN: [[usize; 2]; 5] = [[14, 12], [13, 14], [15, 13], [12, 12], [13, 14]];

/// Four networks: two that can be compared, one that fails, and one that is not done yet.
fn small(folder: &Path) -> Comparison {
    let names = ["rnn sequence", "alexnet photo", "gru sequence", "tcn sequence"];
    let plan = Plan::new(names.map(contestant).to_vec(), 5, vec![0, 1]).unwrap();
    let mut runs = Runs::open(folder, "data").unwrap();
    put(&mut runs, "rnn sequence", &RNN);
    put(&mut runs, "gru sequence", &GRU);
    for key in plan.keys().filter(|key| key.contestant.model == "alexnet") {
        runs.put(RunResult::failed(key, "training diverged in epoch 2, \"alas\"")).unwrap();
    }
    runs.put(run("tcn sequence", 0, 0, 20, 20)).unwrap();
    // read back from disk, as a stopped comparison would be
    Comparison::new(&plan, &Runs::open(folder, "data").unwrap())
}

#[test]
fn the_best_comes_first_and_the_others_are_tested_against_it() {
    let place = tempfile::tempdir().unwrap();
    let comparison = small(place.path());
    let order: Vec<&str> = comparison.rows.iter().map(|row| row.contestant.model.as_str()).collect();
    assert_eq!(order, ["gru", "rnn", "alexnet", "tcn"]);

    let (best, scores) = comparison.best().unwrap();
    assert!(close(scores.accuracy, 182.0 / 200.0) && close(scores.f1, 0.9 * 0.91) && close(scores.top2_error, 0.045));
    assert_eq!((scores.samples, scores.parameters, scores.ms_per_sample), (100, 1234, Some(0.5)));
    assert!(close(scores.train_seconds, 10.5));
    assert_eq!(scores.interval_method, IntervalMethod::CorrectedT);
    let folds: Vec<f64> = GRU.iter().map(|[a, b]| (a + b) as f64 / 40.0).collect();
    let interval = corrected_interval(&folds, 0.25).unwrap();
    assert!(close(scores.interval.low, interval.low) && close(scores.interval.high, interval.high.min(1.0)));
    assert!(scores.seed_deviation.unwrap() > 0.0 && best.against_best.is_none());

    let against = comparison.rows[1].against_best.as_ref().unwrap();
    let differences: Vec<f64> =
        GRU.iter().zip(&RNN).map(|(a, b)| (a[0] + a[1]) as f64 / 40.0 - (b[0] + b[1]) as f64 / 40.0).collect();
    let t = against.corrected_t.unwrap();
    assert!(close(t.test.p_value, corrected_t_test(&differences, 0.25).unwrap().p_value));
    assert_eq!((t.p_holm, comparison.test), (t.test.p_value, PrimaryTest::CorrectedT), "one test needs no correction");
    // samples between what the two get right, in each seed: none that only the second gets right
    let mcnemar = against.mcnemar.unwrap().test;
    let only_first: usize = GRU.iter().zip(&RNN).map(|(a, b)| a[0].max(a[1]) - b[0].min(b[1])).sum();
    assert_eq!((mcnemar.only_first, mcnemar.only_second), (only_first, 0));
    assert_eq!(comparison.not_told_apart().count(), 0);
    assert_eq!(comparison.rows[1].curve.len(), 3);
    assert!(close(comparison.rows[1].curve[1].training_loss, 1.0) && comparison.rows[1].curve[1].runs == 10);
}

#[test]
fn what_failed_comes_last_with_its_sentence_in_every_table() {
    let place = tempfile::tempdir().unwrap();
    let comparison = small(place.path());
    let text = comparison.text(Default::default());
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].starts_with("network") && lines[1].starts_with("gru sequence") && lines[1].contains("91.0 %"),
        "{text}"
    );
    assert_eq!(lines[0].chars().count(), lines[1].chars().count(), "{text}");
    assert!(
        lines[3].starts_with("alexnet photo: fold 0, seed 0: training diverged") && lines[3].contains("10 runs"),
        "{text}"
    );
    assert!(lines[4].contains("not finished: 1 of 10"), "{text}");

    let [json, csv] = comparison.write_tables(place.path()).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&std::fs::read(json).unwrap()).unwrap();
    let results = json["results"].as_array().unwrap();
    for field in ["model", "input", "accuracy", "f1", "top2_error", "parameters", "train_seconds", "ms_per_sample"] {
        assert!(!results[0][field].is_null(), "{field}");
        assert!(results[2].get(field).is_some(), "{field}");
    }
    assert_eq!((&results[0]["model"], &results[0]["input"]), (&"gru".into(), &"sequence".into()));
    assert!(results[0]["p_value"].is_null() && results[1]["p_value"].as_f64().unwrap() < 0.05);
    assert!(results[2]["accuracy"].is_null() && results[2]["failure"].as_str().unwrap().contains("diverged"));

    let mut reader = csv::Reader::from_path(csv).unwrap();
    let headings = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
    let at = |row: usize, name: &str| rows[row][headings.iter().position(|h| h == name).unwrap()].to_owned();
    assert_eq!((at(0, "model"), at(0, "best"), at(0, "accuracy_low").is_empty()), ("gru".into(), "true".into(), false));
    assert!(at(1, "p_corrected_t").parse::<f64>().unwrap() < 0.05 && at(1, "p_mcnemar").parse::<f64>().unwrap() < 1e-6);
    assert!(at(2, "accuracy").is_empty() && at(2, "failure").contains("\"alas\""));
}

#[test]
fn one_division_has_wilsons_interval_and_mcnemars_test() {
    let place = tempfile::tempdir().unwrap();
    let plan = Plan::new(["a", "b"].map(contestant).to_vec(), 1, vec![5]).unwrap();
    let mut runs = Runs::open(place.path(), "data").unwrap();
    runs.put(run("a", 0, 5, 8, 10)).unwrap();
    runs.put(run("b", 0, 5, 6, 10)).unwrap();
    let comparison = Comparison::new(&plan, &runs);
    let (_, scores) = comparison.best().unwrap();
    assert_eq!(scores.interval_method, IntervalMethod::Wilson);
    assert!((scores.interval.low - 0.490_162_5).abs() < 1e-6, "{:?}", scores.interval);
    let against = comparison.rows[1].against_best.as_ref().unwrap();
    assert_eq!(against.corrected_t, Err(NotComputable::TooFewFolds { folds: 1 }));
    assert!(against.p_value(comparison.test).is_ok_and(|p| close(p, 0.5)));
    assert_eq!(comparison.not_told_apart().count(), 1);
    assert!(comparison.warnings.contains(&ComparisonWarning::OneFold));
    assert!(comparison.warnings.contains(&ComparisonWarning::OneSeed));
    let data = ComparisonWarning::Data { warning: Warning::NoValidation };
    assert_eq!(comparison.warnings.iter().filter(|w| **w == data).count(), 1);
    let warning = Warning::StillImproving { epochs: 3 };
    assert!(comparison.warnings.contains(&ComparisonWarning::Network { name: "b".into(), warning, runs: 1, done: 1 }));
}

#[test]
fn samples_tested_in_several_folds_are_not_pooled() {
    let place = tempfile::tempdir().unwrap();
    let plan = Plan::new(["a", "b"].map(contestant).to_vec(), 3, vec![0]).unwrap();
    let mut runs = Runs::open(place.path(), "data").unwrap();
    for (fold, right) in [7, 9, 6].into_iter().enumerate() {
        for (name, less) in [("a", 0), ("b", fold)] {
            let RunResult { key, outcome } = run(name, 0, 0, right - less, 10);
            runs.put(RunResult { key: RunKey { fold, ..key }, outcome }).unwrap();
        }
    }
    let comparison = Comparison::new(&plan, &runs);
    let against = comparison.rows[1].against_best.as_ref().unwrap();
    assert_eq!(against.mcnemar, Err(NotComputable::SamplesTestedTwice));
    assert!(against.corrected_t.is_ok() && comparison.test == PrimaryTest::CorrectedT);
    assert!(comparison.warnings.contains(&ComparisonWarning::SamplesTestedTwice));
}

#[test]
fn a_network_that_failed_in_some_seeds_is_ranked_by_the_others() {
    let place = tempfile::tempdir().unwrap();
    let plan = Plan::new(vec![contestant("a")], 2, vec![0, 1]).unwrap();
    let mut runs = Runs::open(place.path(), "data").unwrap();
    for (fold, seed, right) in [(0, 0, 5), (1, 0, 7), (1, 1, 9)] {
        runs.put(run("a", fold, seed, right, 10)).unwrap();
    }
    runs.put(RunResult::failed(RunKey { contestant: contestant("a"), fold: 0, seed: 1 }, "no memory")).unwrap();
    let comparison = Comparison::new(&plan, &runs);
    // (0.5 + (0.7 + 0.9) / 2) / 2
    assert!(close(comparison.best().unwrap().1.accuracy, 0.65));
    let told: Vec<String> = comparison.warnings.iter().map(ToString::to_string).collect();
    assert!(told.iter().any(|text| text.contains("1 of 4 runs failed") && text.contains("no memory")), "{told:?}");
}
