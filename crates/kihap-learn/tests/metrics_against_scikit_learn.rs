//! Every metric against scikit-learn's, recorded by `tools/reference_metrics.py`.

use kihap_learn::{Evaluation, Prediction};
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    made_by: String,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    classes: usize,
    labels: Vec<usize>,
    probabilities: Vec<Vec<f64>>,
    accuracy: f64,
    accuracy_interval: [f64; 2],
    #[serde(rename = "macro")]
    macro_average: [f64; 3],
    precision: Vec<f64>,
    recall: Vec<f64>,
    f1: Vec<f64>,
    support: Vec<usize>,
    recall_interval: Vec<[f64; 2]>,
    confusion: Vec<Vec<usize>>,
    log_loss: f64,
    top2_error: f64,
    calibration_error: f64,
    keras: [f64; 2],
}

#[test]
fn metrics_equal_scikit_learns() {
    let golden: Golden = serde_json::from_str(include_str!("golden/metrics.json")).unwrap();
    assert!(golden.made_by.starts_with("scikit-learn"));
    assert_eq!(golden.cases.len(), 4);
    for case in golden.cases {
        let near = |what: &str, ours: f64, theirs: f64| {
            assert!((ours - theirs).abs() < 1e-12, "{}: {what} is {ours}, scikit-learn says {theirs}", case.name);
        };
        let names: Vec<String> = (0..case.classes).map(|class| format!("class {class}")).collect();
        let predictions: Vec<Prediction> =
            case.probabilities.iter().map(|row| Prediction::from_probabilities(row.clone(), 0.0)).collect();
        let ours = Evaluation::new(&names, &case.labels, &predictions, "test").unwrap();
        near("accuracy", ours.accuracy, case.accuracy);
        near("low", ours.accuracy_interval.low, case.accuracy_interval[0]);
        near("high", ours.accuracy_interval.high, case.accuracy_interval[1]);
        near("macro precision", ours.macro_average.precision, case.macro_average[0]);
        near("macro recall", ours.macro_average.recall, case.macro_average[1]);
        near("macro F1", ours.macro_average.f1, case.macro_average[2]);
        for (class, name) in names.iter().enumerate() {
            let scores = &ours.per_class[name];
            near("precision", scores.precision, case.precision[class]);
            near("recall", scores.recall, case.recall[class]);
            near("F1", scores.f1, case.f1[class]);
            near("recall's low", scores.recall_interval.low, case.recall_interval[class][0]);
            near("recall's high", scores.recall_interval.high, case.recall_interval[class][1]);
            assert_eq!(scores.support, case.support[class]);
        }
        assert_eq!(ours.confusion.matrix, case.confusion, "{}", case.name);
        near("log loss", ours.loss, case.log_loss);
        near("top-2 error", ours.top2_error, case.top2_error);
        near("calibration error", ours.expected_calibration_error, case.calibration_error);
        near("Keras' precision", ours.keras_precision, case.keras[0]);
        near("Keras' recall", ours.keras_recall, case.keras[1]);
    }
}

#[test]
fn an_evaluation_has_the_shape_of_the_command_line_and_comes_back() {
    let names = ["준비".to_owned(), "막기".to_owned()];
    let predictions: Vec<Prediction> =
        [[0.9, 0.1], [0.55, 0.45], [0.2, 0.8]].map(|row| Prediction::from_probabilities(row.to_vec(), 0.6)).into();
    let evaluation = Evaluation::new(&names, &[0, 1, 1], &predictions, "test").unwrap();
    let json = serde_json::to_value(&evaluation).unwrap();
    for field in ["accuracy", "macro", "per_class", "confusion", "loss", "samples", "split", "warnings"] {
        assert!(json.get(field).is_some(), "{field} is missing");
    }
    assert_eq!(json["confusion"]["labels"], serde_json::json!(["준비", "막기"]));
    assert_eq!(json["confusion"]["matrix"], serde_json::json!([[1, 0], [1, 1]]));
    assert_eq!(json["per_class"]["막기"]["recall"], 0.5);
    assert!(json["macro"]["f1"].is_number() && json["macro"]["precision"].is_number());
    assert_eq!(json["abstained"]["count"], 1);
    assert_eq!(json["abstained"]["accepted_accuracy"], 1.0);
    assert_eq!(json["warnings"][0]["code"], "wide_interval", "three samples say little: {json}");
    assert_eq!(serde_json::from_value::<Evaluation>(json).unwrap(), evaluation);
}
