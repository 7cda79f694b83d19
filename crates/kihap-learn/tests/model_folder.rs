//! Saving, loading and predicting.

mod common;

use std::{fs, ops::ControlFlow, path::Path};

use common::{arm_classes, arms, network, photos, quick};
use kihap_learn::{
    AbstainOptions, AbstainReason, Augmentation, Calibration, Class, Example, FoldValidation, Language, Model,
    Resample, TrainOptions, calibrate, cross_validate, fit,
    model::{DataSummary, FeatureSource},
    report::ReportTable,
};

fn model() -> Model {
    let (training, validation) = (arms(20, 8.0, 1), arms(10, 8.0, 2));
    let options = TrainOptions { members: 2, augmentation: Augmentation::default(), ..quick(15) };
    let fitted = fit(&network("landmark-mlp"), &arm_classes(), &training, &validation, &options, &mut |_| {
        ControlFlow::Continue(())
    })
    .unwrap();
    let labels: Vec<usize> = validation.iter().map(|e| e.label).collect();
    let rows = fitted.network.log_probabilities(&validation).unwrap();
    let calibration = calibrate(&rows, &labels, &AbstainOptions::default());
    let features = FeatureSource { estimator: Some("blazepose-full".into()), ..FeatureSource::default() };
    let data = DataSummary { dataset: "팔 \"들기\"".into(), training: 60, validation: 30, ..DataSummary::default() };
    Model::new(&fitted, &arm_classes(), &options, calibration, features, data)
}

#[test]
fn a_loaded_model_predicts_the_same_bits() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("모델 하나");
    let saved = model();
    saved.save(&folder).unwrap();
    saved.save(&folder).unwrap();
    let loaded = Model::load(&folder).unwrap();
    let mut test = arms(10, 8.0, 3);
    test.push(Example::from_pose(None, 0));
    let (before, after) = (saved.predict(&test).unwrap(), loaded.predict(&test).unwrap());
    for (a, b) in before.iter().zip(&after) {
        let bits = |p: &kihap_learn::Prediction| p.probabilities.iter().map(|v| v.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(a), bits(b));
    }
    assert_eq!(before, after);
    assert_eq!(saved.description, loaded.description);
    assert_eq!(saved.metrics.history.len(), loaded.metrics.history.len());
    for (a, b) in saved.metrics.history.iter().zip(&loaded.metrics.history) {
        // serde_json reads floats to within the last bit
        assert!((a.training.loss - b.training.loss).abs() < 1e-12);
        assert_eq!((a.member, a.epoch, a.best), (b.member, b.epoch, b.best));
    }
    assert_eq!(before.last().unwrap().reason, Some(AbstainReason::NobodySeen));
    assert!((before[0].probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["모델 하나"], "drafts are left behind");
}

fn spoil(change: impl FnOnce(&Path)) -> String {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("m");
    model().save(&folder).unwrap();
    change(&folder);
    Model::load(&folder).unwrap_err().to_string()
}

#[test]
fn damaged_folders_are_refused_with_the_file_and_the_reason() {
    let cut = |name: &'static str| {
        move |folder: &Path| {
            let bytes = fs::read(folder.join(name)).unwrap();
            fs::write(folder.join(name), &bytes[..bytes.len() / 2]).unwrap();
        }
    };
    let replace = |from: &'static str, to: &'static str| {
        move |folder: &Path| {
            let path = folder.join("model.toml");
            let text = fs::read_to_string(&path).unwrap();
            assert!(text.contains(from));
            fs::write(path, text.replacen(from, to, 1)).unwrap();
        }
    };
    let cases = [
        (spoil(cut("weights.safetensors")), "weights.safetensors is not a usable", "truncated"),
        (spoil(cut("metrics.json")), "metrics.json is not a usable", "truncated"),
        (spoil(cut("model.toml")), "model.toml", ""),
        (spoil(|f| fs::remove_file(f.join("model.toml")).unwrap()), "there is no model.toml", ""),
        (spoil(|f| fs::remove_file(f.join("weights.safetensors")).unwrap()), "cannot read", "weights.safetensors"),
        (spoil(replace("schema = 2", "schema = 99")), "schema 99", "schema 2"),
        (spoil(replace("landmarks_version = 2", "landmarks_version = 9")), "train it again", ""),
        (spoil(replace("kihap-model", "other")), "kind is not", ""),
        (spoil(replace("members = 2", "members = 3")), "there is no 'hidden1.weight'", "do not belong together"),
        (spoil(replace("members = 2", "members = 1")), "belongs to no network", ""),
        (spoil(cut("network.json")), "network.json is not a usable", "truncated"),
        (
            spoil(|f| {
                let path = f.join("network.json");
                let text = fs::read_to_string(&path).unwrap();
                fs::write(path, text.replace("\"rate\": 0.3", "\"rate\": 0.4")).unwrap();
            }),
            "network.json is not a usable",
            "not the file that model.toml was written with",
        ),
        (
            spoil(|f| {
                let path = f.join("weights.safetensors");
                let mut bytes = fs::read(&path).unwrap();
                *bytes.last_mut().unwrap() ^= 1;
                fs::write(path, bytes).unwrap();
            }),
            "not the file that model.toml was written with",
            "",
        ),
    ];
    for (message, one, two) in cases {
        assert!(message.contains(one) && message.contains(two), "{message}");
    }
}

#[test]
fn the_report_lists_every_option_of_a_model() {
    let tables = ReportTable::of_model(&model().description, Language::English);
    let value = |name: &str| {
        let rows = tables.iter().flat_map(|table| &table.rows);
        rows.filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    let serde_json::Value::Object(options) = serde_json::to_value(TrainOptions::default()).unwrap() else { panic!() };
    for option in options.keys().filter(|option| !option.ends_with("augmentation")) {
        assert!(!value(option).is_empty(), "{option}");
    }
    assert_eq!(value("weight_decay"), ["0.01"]);
    assert_eq!(value("augmentation.mirror"), ["true"]);
    assert_eq!(value("input"), ["landmarks"]);
    assert_eq!(value("estimator"), ["blazepose-full"]);
    assert_eq!(value("dataset"), ["팔 \"들기\""]);
}

#[test]
fn a_folder_of_the_user_is_never_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("pictures");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("holiday.jpg"), "x").unwrap();
    let error = model().save(&folder).unwrap_err().to_string();
    assert!(error.contains("is not overwritten"), "{error}");
    assert!(folder.join("holiday.jpg").exists());
}

#[test]
fn cross_validation_predicts_every_sample_unseen() {
    let classes: Vec<Class> = ["a", "b", "c"].map(Class::new).into();
    let examples = photos(3, 30, 12, 1.6, 1);
    let folds: Vec<usize> = (0..examples.len()).map(|i| (i / 3) % 5).collect();
    let mut epochs = 0;
    let mut run = |validation| {
        let divisions = Resample::from_folds(&folds, validation).unwrap();
        cross_validate(&network("photo-softmax"), &classes, &examples, &divisions, &quick(60), &mut |_, _| {
            epochs += 1;
            ControlFlow::Continue(())
        })
        .unwrap()
    };
    for validation in [FoldValidation::None, FoldValidation::NextFold] {
        let result = run(validation);
        assert_eq!(result.folds.len(), 5);
        assert_eq!(result.predictions.len(), 90);
        assert_eq!(result.pooled.samples, 90);
        assert!(result.pooled.accuracy > 0.9, "{}", result.pooled.accuracy);
        let mean = result.folds.iter().map(|f| f.evaluation.accuracy).sum::<f64>() / 5.0;
        assert!((mean - result.pooled.accuracy).abs() < 1e-9, "folds of the same size average to the pooled accuracy");
    }
    assert!(epochs >= 5 * 60);
    // labels that have nothing to do with the features cannot be predicted unseen
    let mut shuffled = examples.clone();
    let count = shuffled.len();
    (0..count).for_each(|i| shuffled[i].label = (i * 7919 / 13) % 3);
    let divisions = Resample::from_folds(&folds, FoldValidation::None).unwrap();
    let mut go = |_: usize, _: &_| ControlFlow::Continue(());
    let result =
        cross_validate(&network("photo-softmax"), &classes, &shuffled, &divisions, &quick(60), &mut go).unwrap();
    assert!(result.pooled.accuracy < 0.6, "a leak between folds: {}", result.pooled.accuracy);
}

#[test]
fn unsure_predictions_are_withheld() {
    let mut model = model();
    model.description.calibration = Calibration::none();
    model.description.calibration.abstain.threshold = 0.999_999;
    let predictions = model.predict(&arms(5, 40.0, 4)).unwrap();
    let withheld = predictions.iter().filter(|p| p.abstained).count();
    assert!(withheld > 0);
    for prediction in predictions.iter().filter(|p| p.abstained) {
        assert!(prediction.reason.unwrap().to_string().contains("below the threshold"));
        assert!(prediction.confidence() < 0.999_999);
    }
}
