use super::*;

fn sample<'a>(class: &'a str, person: Option<&'a str>, session: Option<&'a str>) -> SplitSample<'a> {
    SplitSample { class, person, session, perceptual_hash: None, folder: None }
}

/// `persons` people performing two classes, ten pictures each, every picture a session.
fn dojang(persons: &[&'static str]) -> Vec<SplitSample<'static>> {
    let class = |i: usize| ["low_block", "trunk_punch"][i % 2];
    persons.iter().flat_map(|p| (0..20).map(move |i| sample(class(i), Some(p), Some("s")))).collect()
}

fn persons_in<'a>(samples: &[SplitSample<'a>], plan: &SplitPlan, part: Part) -> BTreeSet<&'a str> {
    plan.indices(part).into_iter().filter_map(|i| samples[i].person).collect()
}

#[test]
fn no_person_is_on_two_sides() {
    let samples = dojang(&["A", "B", "C", "D", "E", "F", "G"]);
    let plan = split(&samples, &SplitOptions::default());
    let [train, validation, test] = Part::ALL.map(|part| persons_in(&samples, &plan, part));
    assert_eq!((train.len(), validation.len(), test.len()), (5, 1, 1));
    assert!(train.is_disjoint(&test) && train.is_disjoint(&validation) && test.is_disjoint(&validation));
    assert_eq!(plan.grouped_by, Some(GroupedBy::Person));
    assert_eq!(plan.warnings, []);
}

#[test]
fn the_seed_decides_and_decides_the_same_twice() {
    let samples = dojang(&["A", "B", "C", "D", "E", "F", "G"]);
    let with = |seed| split(&samples, &SplitOptions { seed, ..SplitOptions::default() }).parts;
    assert_eq!(with(1), with(1));
    assert!((2..10).any(|seed| with(seed) != with(1)));
}

#[test]
fn two_persons_give_train_and_test_and_say_that_validation_is_empty() {
    let samples = dojang(&["A", "B"]);
    let plan = split(&samples, &SplitOptions::default());
    assert_eq!(persons_in(&samples, &plan, Part::Train).len(), 1);
    assert_eq!(persons_in(&samples, &plan, Part::Test).len(), 1);
    assert_eq!(plan.warnings, [SplitWarning::EmptyPart { part: Part::Validation }]);
}

#[test]
fn persons_left_out_make_the_test_part() {
    let mut samples = dojang(&["A", "B", "C"]);
    samples.extend(dojang(&["D"]));
    let options = SplitOptions { test_persons: vec!["B".to_string(), "X".to_string()], ..SplitOptions::default() };
    let plan = split(&samples, &options);
    assert_eq!(persons_in(&samples, &plan, Part::Test), BTreeSet::from(["B"]));
    assert_eq!(plan.indices(Part::Test).len(), 20);
    assert!(!plan.indices(Part::Validation).is_empty());
    assert_eq!(plan.warnings, [SplitWarning::UnknownPerson { person: "X".to_string() }]);
}

#[test]
fn leaving_one_of_two_out_splits_the_other_by_session() {
    let session = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9"];
    let samples: Vec<_> =
        (0..40).map(|i| sample(["a", "b"][i % 2], Some(["A", "B"][i / 20]), Some(session[i / 2 % 10]))).collect();
    let plan = split(&samples, &SplitOptions { test_persons: vec!["B".to_string()], ..SplitOptions::default() });
    assert_eq!(persons_in(&samples, &plan, Part::Test), BTreeSet::from(["B"]));
    let validation = plan.indices(Part::Validation);
    assert!((2..=6).contains(&validation.len()), "{validation:?}");
    assert_eq!(plan.grouped_by, Some(GroupedBy::Session));
    assert_eq!(plan.warnings, [SplitWarning::OnePerson { person: "A".to_string() }]);
}

#[test]
fn a_random_split_is_exact_and_says_that_it_is_optimistic() {
    let samples = dojang(&["A", "B"]);
    let plan = split(&samples, &SplitOptions { strategy: SplitStrategy::Random, ..SplitOptions::default() });
    assert_eq!(plan.indices(Part::Test).len(), 6);
    assert_eq!(plan.indices(Part::Validation).len(), 6);
    assert_eq!(plan.warnings, [SplitWarning::RandomIsOptimistic, SplitWarning::PersonsIgnored { persons: 2 }]);
}

#[test]
fn folders_are_obeyed_and_their_leaks_told() {
    let mut samples = dojang(&["A", "B", "C", "D"]);
    for (i, sample) in samples.iter_mut().enumerate() {
        sample.folder = Some(if (2..60).contains(&i) { Part::Train } else { Part::Test });
    }
    let plan = split(&samples, &SplitOptions { strategy: SplitStrategy::Folders, ..SplitOptions::default() });
    assert!((0..80).all(|i| (plan.parts[i] == Part::Test) == (samples[i].folder == Some(Part::Test))));
    assert!(!plan.indices(Part::Validation).is_empty(), "validation is carved out of train");
    assert_eq!(plan.warnings, [SplitWarning::FoldersLeak { groups: 1 }]);

    samples[5].folder = None;
    samples[6].folder = Some(Part::Validation);
    let plan = split(&samples, &SplitOptions { strategy: SplitStrategy::Folders, ..SplitOptions::default() });
    assert_eq!((plan.parts[5], plan.parts[6]), (Part::Train, Part::Validation));
    assert_eq!(plan.indices(Part::Validation), [6]);
    assert!(plan.warnings.contains(&SplitWarning::PartUnknown { samples: 1 }));
}

#[test]
fn classes_of_one_group_or_few_samples_are_named() {
    let mut samples = dojang(&["A", "B", "C", "D", "E", "F", "G"]);
    samples.extend((0..3).map(|_| sample("axe_kick", Some("A"), None)));
    let plan = split(&samples, &SplitOptions::default());
    assert!(plan.warnings.contains(&SplitWarning::SingleGroup { class: "axe_kick".to_string() }));
    assert!(plan.warnings.contains(&SplitWarning::TooFewSamples { class: "axe_kick".to_string(), samples: 3 }));
    let missing = |part| SplitWarning::ClassMissing { class: "axe_kick".to_string(), part };
    assert_eq!(Part::ALL.iter().filter(|part| plan.warnings.contains(&missing(**part))).count(), 2);
}

#[test]
fn nothing_and_one_class_are_no_reason_to_fail() {
    assert!(split(&[], &SplitOptions::default()).parts.is_empty());
    let one = vec![sample("a", None, None); 12];
    let plan = split(&one, &SplitOptions::default());
    assert!(plan.warnings.contains(&SplitWarning::OneClass { class: "a".to_string() }));
}

#[test]
fn every_warning_is_a_sentence_that_names_its_class() {
    let warning = SplitWarning::SingleGroup { class: "아래막기".to_string() };
    assert!(warning.to_string().contains("아래막기"));
    let json = serde_json::to_value(&warning).unwrap();
    assert_eq!(json["kind"], "single_group");
}
