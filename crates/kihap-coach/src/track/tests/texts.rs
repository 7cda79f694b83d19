//! What people read of a performance, in both languages.

use super::Dojang;
use super::cases::{fault, film};
use super::synthetic::{self, Filming, label};
use crate::track::{Language, Options, StartedBy, TrackEvent, Withheld, Words};

#[test]
fn texts_are_complete_in_both_languages() {
    let dojang = Dojang::new();
    let readings = film(&dojang, "taegeuk_1", &Filming { mirrored: true, ..Filming::default() }, |acts| {
        acts.retain(|act| act.step != Some(7));
        let at = acts.iter().position(|act| act.step == Some(11)).unwrap();
        let extra = label(&dojang.vocabulary, "diamond_block", Some(kihap_syllabus::Side::Left));
        let added = synthetic::added(&acts[at], extra);
        acts.insert(at + 1, added);
    });
    let sheet = dojang.track("taegeuk_1", &readings, Options::default()).with_faults([(1, fault(0.1))]);
    let say = |language| Words::new(language, &dojang.syllabus).sheet(&sheet);
    let english = say(Language::English);
    for part in [
        "Taegeuk Il Jang",
        "Accuracy 3.3 of 4.0; 17 of 18",
        "Mirrored pictures",
        "not found",
        "step 7",
        "left Diamond Block",
        "Kihap at step 18",
        "Low Block: elbow angle is 140°, allowed 160–180°",
    ] {
        assert!(english.contains(part), "{part}\n{english}");
    }
    let korean = say(Language::Korean);
    for part in [
        "태극 1장",
        "정확도 3.3 / 4.0",
        "좌우가 뒤집힌 영상",
        "찾지 못함",
        "7번",
        "금강막기",
        "18번의 기합",
        "팔꿈치 각도 140° (허용 160–180°)",
    ] {
        assert!(korean.contains(part), "{part}\n{korean}");
    }
    let hangul = |text: &str| text.chars().any(|letter| ('가'..='힣').contains(&letter));
    assert!(!hangul(&english));
    assert!(korean.lines().all(hangul), "{korean}");
}

#[test]
fn every_reason_and_event_has_its_words() {
    let dojang = Dojang::new();
    let withheld = [
        Withheld::NothingFound,
        Withheld::Kihap { steps: vec![3, 19] },
        Withheld::Presentation,
        Withheld::BeforeRecording { steps: vec![1] },
        Withheld::AfterRecording { steps: vec![17, 18] },
        Withheld::NotSeen { step: 4 },
        Withheld::ByOrder { steps: vec![15, 16, 17] },
        Withheld::FeetHidden { steps: vec![2] },
        Withheld::TooQuick { step: 14, technique: "front_kick".into() },
        Withheld::TooAlike { step: 1, seen: "knifehand_low_block".into() },
        Withheld::MirrorUndecided,
        Withheld::ForeignReadings { readings: 3 },
    ];
    let seconds = 1.0;
    let seen = || "face_block".to_owned();
    let events = [
        TrackEvent::Started { seconds, by: StartedBy::FirstStep },
        TrackEvent::Waiting { step: None, seconds },
        TrackEvent::Found { step: 1, technique: seen(), seconds, probability: 0.9 },
        TrackEvent::Skipped { step: 2, seconds },
        TrackEvent::Repeated { step: 2, seconds },
        TrackEvent::Wrong { step: 2, seen: seen(), side: None, seconds },
        TrackEvent::Added { after: None, seen: seen(), side: None, seconds },
        TrackEvent::Finished { seconds },
    ];
    let hangul = |text: &String| text.chars().any(|letter| ('가'..='힣').contains(&letter));
    let said = |language| {
        let words = Words::new(language, &dojang.syllabus);
        let reasons = withheld.iter().map(|reason| words.withheld(reason));
        reasons.chain(events.iter().map(|event| words.event(event))).collect::<Vec<_>>()
    };
    assert!(said(Language::Korean).iter().all(hangul), "{:?}", said(Language::Korean));
    let english = said(Language::English);
    assert!(!english.iter().any(hangul) && english.iter().all(|text| text.ends_with('.')), "{english:?}");
    assert!(english[6].contains("15, 16 and 17"), "{}", english[6]);
}
