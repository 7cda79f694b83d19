//! What is shown to people, in Korean and English.

use kihap_syllabus::{Measure, Side, Syllabus};

use super::{Deduction, EvidenceKind, Extra, ExtraKind, Language, Reason, Sheet, StartedBy, TrackEvent, Withheld};
use crate::judge::{band_text, measure_name, value_text};

/// Writes texts in a language, with the syllabus's names of techniques.
#[derive(Debug, Clone, Copy)]
pub struct Words<'a> {
    language: Language,
    syllabus: &'a Syllabus,
}

/// `1`, `1 and 2`, `1, 2 and 3`; in Korean `1, 2, 3`.
fn numbers(numbers: &[u32], language: Language) -> String {
    let texts: Vec<String> = numbers.iter().map(u32::to_string).collect();
    match (language, &texts[..]) {
        (Language::English, [first @ .., last]) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => texts.join(", "),
    }
}

fn steps_word(numbers: &[u32]) -> &'static str {
    if numbers.len() == 1 { "step" } else { "steps" }
}

impl<'a> Words<'a> {
    /// Texts in `language`.
    pub fn new(language: Language, syllabus: &'a Syllabus) -> Self {
        Self { language, syllabus }
    }

    /// Name of a technique or stance with its side, such as `left Low Block`, `왼 아래막기`.
    pub fn technique(&self, id: &str, side: Option<Side>) -> String {
        let technique = self.syllabus.technique(id);
        match self.language {
            Language::English => {
                let name = technique.map_or(id, |technique| &technique.english);
                side.map_or(name.to_owned(), |side| format!("{} {name}", side.id()))
            }
            Language::Korean => {
                let name = technique.map_or(id, |technique| &technique.korean);
                side.map_or(name.to_owned(), |side| format!("{} {name}", side.korean()))
            }
        }
    }

    /// A live event.
    pub fn event(&self, event: &TrackEvent) -> String {
        let english = self.language == Language::English;
        match event {
            TrackEvent::Started { by: StartedBy::ReadyStance, .. } if english => "Ready. Begin.".into(),
            TrackEvent::Started { by: StartedBy::ReadyStance, .. } => "준비. 시작하세요.".into(),
            TrackEvent::Started { by: StartedBy::FirstStep, .. } if english => {
                "Begun without the ready stance: following from the first step recognised.".into()
            }
            TrackEvent::Started { by: StartedBy::FirstStep, .. } => {
                "준비서기 없이 시작: 처음 알아본 동작부터 따라갑니다.".into()
            }
            TrackEvent::Waiting { step: Some(step), .. } if english => format!("Waiting for step {step}."),
            TrackEvent::Waiting { step: Some(step), .. } => format!("{step}번 동작을 기다립니다."),
            TrackEvent::Waiting { step: None, .. } if english => "Waiting for the closing ready stance.".into(),
            TrackEvent::Waiting { step: None, .. } => "바로(준비서기)를 기다립니다.".into(),
            TrackEvent::Found { step, technique, .. } if english => {
                format!("Step {step}: {}.", self.technique(technique, None))
            }
            TrackEvent::Found { step, technique, .. } => format!("{step}번: {}.", self.technique(technique, None)),
            TrackEvent::Skipped { step, .. } if english => format!("Step {step} was left out."),
            TrackEvent::Skipped { step, .. } => format!("{step}번 동작이 빠졌습니다."),
            TrackEvent::Repeated { step, .. } if english => format!("Step {step} was done once more."),
            TrackEvent::Repeated { step, .. } => format!("{step}번 동작을 다시 했습니다."),
            TrackEvent::Wrong { step, seen, side, .. } if english => {
                format!("Step {step}: another technique, {}.", self.technique(seen, *side))
            }
            TrackEvent::Wrong { step, seen, side, .. } => {
                format!("{step}번: 다른 동작입니다: {}.", self.technique(seen, *side))
            }
            TrackEvent::Added { seen, side, .. } if english => {
                format!("{} does not belong here.", self.technique(seen, *side))
            }
            TrackEvent::Added { seen, side, .. } => {
                format!("여기에 없는 동작입니다: {}.", self.technique(seen, *side))
            }
            TrackEvent::Finished { .. } if english => "Finished.".into(),
            TrackEvent::Finished { .. } => "끝났습니다.".into(),
        }
    }

    /// Why points were taken off, with the points.
    pub fn deduction(&self, deduction: &Deduction) -> String {
        let name = self.technique(&deduction.technique, None);
        let step = deduction.step.unwrap_or(0);
        let text = match (self.language, &deduction.reason) {
            (Language::English, Reason::MissingStep) => format!("step {step} ({name}) was left out"),
            (Language::Korean, Reason::MissingStep) => format!("{step}번({name}) 동작이 빠짐"),
            (Language::English, Reason::MissingTechnique) => format!("step {step}: {name} was left out"),
            (Language::Korean, Reason::MissingTechnique) => format!("{step}번: {name}이(가) 빠짐"),
            (Language::English, Reason::WrongTechnique { seen, seen_side }) => {
                format!("step {step}: {} in place of {name}", self.technique(seen, *seen_side))
            }
            (Language::Korean, Reason::WrongTechnique { seen, seen_side }) => {
                format!("{step}번: {name} 대신 {}", self.technique(seen, *seen_side))
            }
            (Language::English, Reason::WrongStance { wanted, seen }) => {
                format!("step {step}: {} in place of {}", self.technique(seen, None), self.technique(wanted, None))
            }
            (Language::Korean, Reason::WrongStance { wanted, seen }) => {
                format!("{step}번: {} 대신 {}", self.technique(wanted, None), self.technique(seen, None))
            }
            (Language::English, Reason::Added) if deduction.step.is_none() => {
                format!("{name} added before the first step")
            }
            (Language::Korean, Reason::Added) if deduction.step.is_none() => format!("첫 동작 앞에 없는 동작: {name}"),
            (Language::English, Reason::Added) => format!("{name} added after step {step}"),
            (Language::Korean, Reason::Added) => format!("{step}번 뒤에 없는 동작: {name}"),
            (Language::English, Reason::Repeated) => format!("step {step} ({name}) was done once more"),
            (Language::Korean, Reason::Repeated) => format!("{step}번({name})을 다시 함"),
            (Language::English, Reason::Swapped { with }) => {
                format!("step {step} ({name}) in the place of step {with}")
            }
            (Language::Korean, Reason::Swapped { with }) => format!("{step}번({name})을 {with}번 자리에서 함"),
            (Language::English, Reason::Misplaced) => format!("step {step} ({name}) at another place of the order"),
            (Language::Korean, Reason::Misplaced) => format!("{step}번({name})의 순서가 다름"),
            (Language::English, Reason::Restarted) => "the form was begun again".into(),
            (Language::Korean, Reason::Restarted) => "품새를 처음부터 다시 시작함".into(),
            (Language::English, Reason::Posture) => format!("step {step}, {name}: {}", self.measured(deduction)),
            (Language::Korean, Reason::Posture) => format!("{step}번, {name}: {}", self.measured(deduction)),
        };
        format!("−{:.1} {text}", deduction.points)
    }

    /// What was measured of a posture, and the band of right values.
    fn measured(&self, deduction: &Deduction) -> String {
        let measure = deduction.measure.as_deref().and_then(Measure::from_key);
        let (Some(measure), Some(value), Some([min, max])) = (measure, deduction.value, deduction.band) else {
            return String::new();
        };
        let (unit, language) = (measure.quantity.unit(), self.language);
        let name = measure_name(measure, None, language);
        let (value, band) = (value_text(value, unit, language), band_text(min, max, unit, language));
        match self.language {
            Language::English => format!("{name} is {value}, allowed {band}"),
            Language::Korean => format!("{name} {value} (허용 {band})"),
        }
    }

    /// Something that does not belong.
    pub fn extra(&self, extra: &Extra) -> String {
        let seen = self.technique(&extra.seen, extra.side);
        let step = extra.step.unwrap_or(0);
        let text = match (self.language, extra.kind) {
            (Language::English, ExtraKind::Added) => format!("{seen} added after step {step}"),
            (Language::Korean, ExtraKind::Added) => format!("{step}번 뒤에 없는 동작: {seen}"),
            (Language::English, ExtraKind::Repeated) => format!("step {step} once more: {seen}"),
            (Language::Korean, ExtraKind::Repeated) => format!("{step}번을 다시 함: {seen}"),
            (Language::English, ExtraKind::Wrong) => format!("another technique at step {step}: {seen}"),
            (Language::Korean, ExtraKind::Wrong) => format!("{step}번에서 다른 동작: {seen}"),
            (Language::English, ExtraKind::Misplaced) => format!("step {step} at another place: {seen}"),
            (Language::Korean, ExtraKind::Misplaced) => format!("{step}번의 순서가 다름: {seen}"),
            (Language::English, ExtraKind::Restarted) => "begun again from the start".into(),
            (Language::Korean, ExtraKind::Restarted) => "처음부터 다시 시작".into(),
        };
        match self.language {
            Language::English => format!("{:.1} s: {text}", extra.start),
            Language::Korean => format!("{:.1}초: {text}", extra.start),
        }
    }

    /// Why something was not judged.
    pub fn withheld(&self, withheld: &Withheld) -> String {
        let english = self.language == Language::English;
        let list = |steps: &[u32]| numbers(steps, self.language);
        match withheld {
            Withheld::NothingFound if english => "No step was recognised, so there is no score.".into(),
            Withheld::NothingFound => "알아본 동작이 없어 점수를 매기지 않습니다.".into(),
            Withheld::Kihap { steps } if english => {
                format!("Kihap at {} {}: pictures are silent.", steps_word(steps), list(steps))
            }
            Withheld::Kihap { steps } => format!("{}번의 기합: 영상만으로는 들을 수 없습니다.", list(steps)),
            Withheld::Presentation if english => "Presentation (speed and power, rhythm, energy) is not judged.".into(),
            Withheld::Presentation => "연출성(속도와 힘, 완급과 리듬, 기의 표현)은 심사하지 않습니다.".into(),
            Withheld::BeforeRecording { steps } if english => {
                format!("{} {}: the recording begins later.", capital(steps_word(steps)), list(steps))
            }
            Withheld::BeforeRecording { steps } => format!("{}번: 촬영이 그 뒤에 시작됩니다.", list(steps)),
            Withheld::AfterRecording { steps } if english => {
                format!("{} {}: the recording ends before.", capital(steps_word(steps)), list(steps))
            }
            Withheld::AfterRecording { steps } => format!("{}번: 촬영이 그 전에 끝납니다.", list(steps)),
            Withheld::NotSeen { step } if english => format!("Step {step}: nobody could be seen well enough there."),
            Withheld::NotSeen { step } => format!("{step}번: 그때 사람이 제대로 보이지 않았습니다."),
            Withheld::ByOrder { steps } if english => format!(
                "{} {}: turned away or hidden, so the technique was not judged; heading and order speak for it.",
                capital(steps_word(steps)),
                list(steps)
            ),
            Withheld::ByOrder { steps } => {
                format!("{}번: 등을 돌렸거나 가려져 동작은 심사하지 않았습니다. 방향과 순서로 찾았습니다.", list(steps))
            }
            Withheld::FeetHidden { steps } if english => {
                format!("Stances of {} {}: the feet are not in the picture.", steps_word(steps), list(steps))
            }
            Withheld::FeetHidden { steps } => format!("{}번의 서기: 발이 화면에 없습니다.", list(steps)),
            Withheld::TooQuick { step, technique } if english => {
                format!("Step {step}: {} was not seen; it may have been too quick.", self.technique(technique, None))
            }
            Withheld::TooQuick { step, technique } => {
                format!("{step}번: {}이(가) 보이지 않았지만 너무 빨랐을 수 있습니다.", self.technique(technique, None))
            }
            Withheld::TooAlike { step, seen } if english => {
                format!("Step {step}: it looks like {}, which cannot be told apart surely.", self.technique(seen, None))
            }
            Withheld::TooAlike { step, seen } => {
                format!("{step}번: {}처럼 보이지만 확실히 구별할 수 없습니다.", self.technique(seen, None))
            }
            Withheld::MirrorUndecided if english => {
                "Whether the pictures are mirrored could not be decided; left and right may be the other way round."
                    .into()
            }
            Withheld::MirrorUndecided => {
                "영상이 좌우로 뒤집혔는지 알 수 없습니다. 왼쪽과 오른쪽이 바뀌었을 수 있습니다.".into()
            }
            Withheld::ForeignReadings { readings } if english => {
                format!("{readings} frames were left out: they were read by a model with other classes.")
            }
            Withheld::ForeignReadings { readings } => {
                format!("{readings}개 화면을 뺐습니다: 분류가 다른 모델로 읽었습니다.")
            }
        }
    }

    /// The sheet as lines of text.
    pub fn sheet(&self, sheet: &Sheet) -> String {
        let english = self.language == Language::English;
        let form = self.syllabus.form(&sheet.form);
        let mut lines = Vec::new();
        let name = form.map_or(sheet.form.as_str(), |f| if english { &f.head.romanised } else { &f.head.korean });
        lines.push(match (sheet.section, english) {
            (Some(section), true) => format!("{name}, section {section}"),
            (Some(section), false) => format!("{name} {section}단락"),
            (None, _) => name.to_owned(),
        });
        let (found, all) = (sheet.found(), sheet.steps.len());
        lines.push(match (sheet.accuracy_score, english) {
            (Some(score), true) => {
                format!("Accuracy {score:.1} of {:.1}; {found} of {all} steps found", sheet.accuracy_points)
            }
            (Some(score), false) => {
                format!("정확도 {score:.1} / {:.1}, {all}개 중 {found}개 동작을 찾음", sheet.accuracy_points)
            }
            (None, true) => format!("No score; {found} of {all} steps found"),
            (None, false) => format!("점수 없음, {all}개 중 {found}개 동작을 찾음"),
        });
        if sheet.mirrored {
            lines.push(if english { "Mirrored pictures".into() } else { "좌우가 뒤집힌 영상".into() });
        }
        if sheet.started.is_some_and(|started| started.by == StartedBy::FirstStep) {
            lines.push(if english {
                "No ready stance at the start".into()
            } else {
                "시작할 때 준비서기가 없음".into()
            });
        }
        for step in &sheet.steps {
            let names: Vec<_> = step.techniques.iter().map(|done| self.technique(&done.id, done.side)).collect();
            let names = names.join(" + ");
            let by_order = step.evidence.is_some_and(|evidence| evidence.kind == EvidenceKind::ByOrder);
            lines.push(match (step.start.zip(step.end), english) {
                (Some((start, end)), true) => {
                    let how = if by_order { ", by order" } else { "" };
                    format!(
                        "{:>3}. {start:6.2}–{end:6.2} s  {names} ({:.0} %{how})",
                        step.number,
                        step.probability * 100.0
                    )
                }
                (Some((start, end)), false) => {
                    let how = if by_order { ", 순서로 추정" } else { "" };
                    format!(
                        "{:>3}. {start:6.2}–{end:6.2}초  {names} ({:.0} %{how})",
                        step.number,
                        step.probability * 100.0
                    )
                }
                (None, true) => format!("{:>3}. {:>15}  {names}", step.number, "not found"),
                (None, false) => format!("{:>3}. {:>11}  {names}", step.number, "찾지 못함"),
            });
        }
        lines.extend(sheet.extra.iter().map(|extra| self.extra(extra)));
        lines.extend(sheet.deductions.iter().map(|deduction| self.deduction(deduction)));
        lines.extend(sheet.withheld.iter().map(|withheld| self.withheld(withheld)));
        lines.join("\n")
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
