//! What a user must know about a split, in Korean; the English is the warning's own.

use kihap_dataset::Part;
use kihap_dataset::split::SplitWarning;

/// The warning as a sentence.
pub(crate) fn text(warning: &SplitWarning) -> String {
    match warning {
        SplitWarning::RandomIsOptimistic => {
            "무작위로 나누어 한 촬영의 이웃한 장면이 양쪽에 있으므로 수치가 실제보다 높게 나옵니다. 새 촬영에서 어떨지 알려면 묶음 \
             분할을 쓰십시오"
                .into()
        }
        SplitWarning::PersonsIgnored { persons } => format!(
            "나눌 때 사람을 가리지 않아 {persons}명이 양쪽에 있습니다. 모델이 본 적 없는 사람에게서 어떨지는 알 수 없습니다"
        ),
        SplitWarning::OnePerson { person } => format!(
            "모든 사진이 {person} 한 사람이라 촬영별로 나누었습니다. 다른 사람에게서 어떨지는 알 수 없으니 다른 사람의 사진을 더하십시오"
        ),
        SplitWarning::PersonsUnknown => {
            "사진 속 사람이 누구인지 몰라 촬영별로 나누었으므로 같은 사람이 양쪽에 있을 수 있습니다. 모을 때 사람 이름을 적으십시오".into()
        }
        SplitWarning::SessionsUnknown => {
            "사람도 촬영도 몰라 거의 같은 사진만 한쪽에 두었으므로 같은 사람이나 장소가 양쪽에 있을 수 있습니다. 모을 때 사람과 촬영 \
             이름을 적으십시오"
                .into()
        }
        SplitWarning::SingleGroup { class } => format!(
            "“{class}” 사진이 모두 한 사람이나 한 촬영에서 나와 학습과 시험에 함께 둘 수 없습니다. 다른 촬영을 더하십시오"
        ),
        SplitWarning::ClassMissing { class, part } => {
            format!("{} 표본에 “{class}”이(가) 없어서 이 동작의 수치는 알 수 없습니다", part_name(*part))
        }
        SplitWarning::TooFewSamples { class, samples } => {
            format!("“{class}” 표본이 {samples}개뿐이라 수치가 큰 뜻을 갖지 못합니다. 적어도 30개는 모으십시오")
        }
        SplitWarning::EmptyPart { part } => {
            format!("{} 표본이 비었습니다. 나눌 묶음이 모자라니 다른 촬영을 더하십시오", part_name(*part))
        }
        SplitWarning::OneClass { class } => {
            format!("동작이 “{class}” 하나뿐이라 가려낼 것이 없습니다. 두 번째 동작을 더하십시오")
        }
        SplitWarning::UnknownPerson { person } => {
            format!("시험용으로 남겨 둘 {person}이(가) 어느 사진에도 없습니다. 이름을 확인하십시오")
        }
        SplitWarning::FoldersLeak { groups } => format!(
            "폴더가 함께 있어야 할 사진 묶음(한 사람, 한 촬영, 거의 같은 사진) {groups}개를 학습과 시험에 나누어 두어 수치가 실제보다 \
             높게 나옵니다"
        ),
        SplitWarning::PartUnknown { samples } => {
            format!("표본 {samples}개는 폴더에서 학습용인지 시험용인지 알 수 없어 학습에 넣었습니다")
        }
        SplitWarning::FewerFolds { asked, made } => {
            format!("{asked}겹이 아니라 {made}겹으로 나누었습니다. 따로 둘 사람이나 촬영, 사진이 더 없습니다")
        }
    }
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Train => "학습",
        Part::Validation => "검증",
        Part::Test => "시험",
    }
}
