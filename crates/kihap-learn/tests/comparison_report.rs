//! The report of a comparison.

use std::{fs, path::Path};

use kihap_learn::{
    EpochRecord, Language, Warning,
    compare::{Comparison, Contestant, JudgedSample, Measured, Plan, RunKey, RunResult, Runs},
    report::{ComparisonReport, ReportTable, write_comparison},
    train::EpochScores,
};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const EVIL: &str = "</script><script>alert('x')</script>";
const SAMPLES: usize = 40;

/// Name, input, skill (0 to 1), seconds of a training, parameters.
const NETWORKS: [(&str, &str, f64, f64, usize); 15] = [
    ("st-gcn", "sequence", 0.93, 210.0, 3_100_000),
    ("gru", "sequence", 0.92, 40.0, 620_000),
    ("tcn", "sequence", 0.91, 18.0, 410_000),
    ("lstm", "sequence", 0.90, 55.0, 830_000),
    ("transformer", "sequence", 0.88, 120.0, 1_200_000),
    ("relation-network", "landmarks", 0.86, 9.0, 98_000),
    ("landmark-mlp", "landmarks", 0.85, 1.2, 51_000),
    ("mobilenet-v3-small", "overlay", 0.80, 90.0, 1_530_000),
    ("mobilenet-v2", "photo", 0.76, 160.0, 2_260_000),
    ("mobilenet-v2 스켈레톤", "skeleton", 0.74, 160.0, 2_260_000),
    ("efficientnet-lite0", "photo", 0.72, 200.0, 3_400_000),
    ("resnet50", "photo", 0.66, 900.0, 23_500_000),
    ("googlenet", "photo", 0.60, 420.0, 5_980_000),
    ("teachable-machine-image", "photo", 0.58, 12.0, 128_000),
    ("catdog-cnn", "photo", 0.41, 75.0, 9_500_000),
];

fn scores(loss: f64) -> EpochScores {
    let accuracy = (-loss).exp();
    EpochScores { loss, accuracy, precision: 0.0, recall: 0.0, f1: 0.0, keras_precision: 0.0, keras_recall: 0.0 }
}

fn history(skill: f64, epochs: usize, validated: bool, chance: &mut ChaCha8Rng) -> Vec<EpochRecord> {
    let mut record = |epoch: usize| {
        let t = epoch as f64;
        let loss = 2.2 * (-t * skill / 9.0).exp() * chance.random_range(0.93..1.07) + 0.003;
        EpochRecord {
            member: 0,
            epoch,
            epochs,
            training: scores(loss),
            validation: validated.then(|| scores(loss * 0.7 + 1.2 * (1.0 - skill))),
            learning_rate: 1e-3,
            seconds: 1.0,
            best: epoch == epochs,
        }
    };
    (1..=epochs).map(&mut record).collect()
}

fn measured(place: usize, fold: usize, chance: &mut ChaCha8Rng) -> Measured {
    let (_, _, skill, seconds, parameters) = NETWORKS[place];
    let hard = [0.0, 0.05, -0.06, 0.02, -0.1][fold % 5];
    let tested: Vec<JudgedSample> = (0..SAMPLES)
        .map(|index| JudgedSample {
            sample: format!("fold {fold}/{index}.jpg"),
            label: 0,
            predicted: usize::from(!chance.random_bool((skill + hard).clamp(0.0, 1.0))),
            probability: 0.8,
        })
        .collect();
    let accuracy = tested.iter().filter(|sample| sample.is_right()).count() as f64 / SAMPLES as f64;
    let epochs = [60, 45, 30, 60, 50][(place + fold) % 5];
    Measured {
        accuracy,
        macro_f1: accuracy * 0.98,
        top2_error: (1.0 - accuracy) * 0.5,
        loss: (1.0 - accuracy) * 2.0,
        train_seconds: seconds * chance.random_range(0.8..1.2),
        ms_per_sample: Some(parameters as f64 / 1e6),
        parameters,
        training_samples: SAMPLES * 4,
        tested,
        history: history(skill, epochs, place != 4, chance),
        warnings: if place == 11 { vec![Warning::StillImproving { epochs }] } else { Vec::new() },
    }
}

/// 15 networks on 5 folds with 2 seeds, and one that fails.
fn comparison(folder: &Path) -> Comparison {
    let who = |(name, input, ..): (&str, &str, f64, f64, usize)| Contestant {
        name: if name.contains(' ') { name.into() } else { format!("{name} {input}") },
        model: name.into(),
        input: input.into(),
    };
    let mut contestants: Vec<Contestant> = NETWORKS.map(who).to_vec();
    contestants.push(Contestant { name: EVIL.into(), model: EVIL.into(), input: EVIL.into() });
    let plan = Plan::new(contestants, 5, vec![0, 1]).unwrap();
    let mut runs = Runs::open(folder, "made up").unwrap();
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    for key in plan.keys() {
        let place = plan.contestants().iter().position(|contestant| *contestant == key.contestant).unwrap();
        let result = match place < NETWORKS.len() {
            true => RunResult::measured(key.clone(), measured(place, key.fold, &mut chance)),
            false => RunResult::failed(key, format!("out of memory in {EVIL}")),
        };
        runs.put(result).unwrap();
    }
    Comparison::new(&plan, &runs)
}

fn report(language: Language, comparison: Comparison) -> ComparisonReport {
    ComparisonReport {
        title: format!("태권도 · {EVIL}"),
        language,
        comparison,
        facts: vec![ReportTable { title: "Options".into(), rows: vec![("epochs".into(), "60".into())] }],
        warnings: vec![Warning::RandomSplit],
    }
}

fn write(language: Language, folder: &Path) -> String {
    let comparison = comparison(folder);
    let files = write_comparison(folder, &report(language, comparison)).unwrap();
    let names: Vec<_> = files.plots.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    let plots = ["accuracy", "learning-curves", "time"];
    assert_eq!(names, plots.map(|name| [format!("{name}.svg"), format!("{name}.png")]).as_flattened());
    for path in &files.plots {
        assert!(fs::metadata(path).unwrap().len() > 5000, "{}", path.display());
    }
    fs::read_to_string(files.html).unwrap()
}

#[test]
fn the_page_needs_no_network_and_runs_no_foreign_script() {
    let place = tempfile::tempdir().unwrap();
    let html = write(Language::English, place.path());
    for address in ["http://", "https://", "javascript:", "src=", "@import", "url("] {
        assert!(!html.contains(address), "{address} in the page");
    }
    assert!(!html.contains(EVIL) && !html.contains("<script>alert"), "a name became a script");
    assert!(html.contains("out of memory in &lt;&#x2f;script&gt;"), "the failure is gone");
}

#[test]
fn every_network_is_in_the_table_and_has_its_line_in_every_plot() {
    let place = tempfile::tempdir().unwrap();
    let html = write(Language::English, place.path());
    let colours: Vec<&str> = html.split("data-colour=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect();
    assert_eq!(colours.len(), 15);
    for colour in colours {
        // four panels and the legend in the learning curves; but one network has no validation
        let svg = fs::read_to_string(place.path().join("plots/learning-curves.svg")).unwrap();
        let lines = svg.matches(&format!("stroke=\"{colour}\"")).count();
        assert!(lines == 5 || lines == 3, "{colour}: {lines}");
        for plot in ["accuracy", "time"] {
            let svg = fs::read_to_string(place.path().join(format!("plots/{plot}.svg"))).unwrap();
            assert!(svg.contains(colour), "{colour} in {plot}");
        }
    }
    for words in ["Cannot be told from it", "the split is random", "mobilenet-v2 스켈레톤", "3 100 000"] {
        assert!(html.contains(words), "{words}");
    }
    assert!(
        html.contains("resnet50 photo: the validation loss was still falling") && html.contains("in 10 of 10 runs")
    );
}

#[test]
fn korean_is_complete() {
    let place = tempfile::tempdir().unwrap();
    let html = write(Language::Korean, place.path());
    for words in ["lang=\"ko\"", "가장 정확함", "순위", "학습 곡선", "무작위로 나누어", "10번 가운데 10번"]
    {
        assert!(html.contains(words), "{words}");
    }
    assert!(!html.contains("Learning curves") && !html.contains("Before you believe"));
}

#[test]
fn a_comparison_in_which_all_failed_has_a_report_too() {
    let place = tempfile::tempdir().unwrap();
    let contestant = Contestant { name: "a".into(), model: "a".into(), input: "photo".into() };
    let plan = Plan::new(vec![contestant.clone()], 1, vec![0]).unwrap();
    let mut runs = Runs::open(place.path(), "").unwrap();
    runs.put(RunResult::failed(RunKey { contestant, fold: 0, seed: 0 }, "no such network")).unwrap();
    let files = write_comparison(place.path(), &report(Language::English, Comparison::new(&plan, &runs))).unwrap();
    assert!(files.plots.is_empty());
    let html = fs::read_to_string(files.html).unwrap();
    assert!(html.contains("No network has been run on every fold") && html.contains("no such network"));
}

/// Not a test of its own: `KIHAP_REPORT_OUT=DIR cargo test -p kihap-learn --test comparison_report` leaves reports to look at.
#[test]
fn leaves_a_report_to_look_at_where_asked() {
    let Some(folder) = std::env::var_os("KIHAP_REPORT_OUT") else {
        eprintln!("skipped: KIHAP_REPORT_OUT is not set");
        return;
    };
    for (language, name) in [(Language::English, "en"), (Language::Korean, "ko")] {
        let folder = Path::new(&folder).join(name);
        write(language, &folder);
        let comparison = comparison(&folder);
        comparison.write_tables(&folder).unwrap();
        eprintln!("{}", comparison.text(language));
    }
}
