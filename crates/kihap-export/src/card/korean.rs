//! The card in Korean.

use std::fmt::Write;

use kihap_learn::{Language, Model};

use super::facts::{Facts, Verified, warned};
use crate::warning::ExportWarning;

pub(super) fn write(
    facts: &Facts<'_>,
    model: &Model,
    warnings: &[ExportWarning],
    verified: Option<&Verified>,
) -> String {
    let d = &model.description;
    let mut out = format!("# 모델 카드: {}\n\n", d.name);
    let _ = writeln!(out, "기합 {}이(가) 학습할 때 남긴 기록으로 썼습니다.\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "## 하는 일\n");
    let _ = writeln!(
        out,
        "카메라 앞 사람의 동작을 {}가지로 나눕니다: {}. 입력: {}, 가중치 {}개.\n",
        d.classes.len(),
        model.class_names().join(", "),
        d.layout.input().name(),
        d.parameters
    );
    let _ = writeln!(out, "## 데이터\n");
    let _ = writeln!(out, "- 데이터셋: {} (해시 `{}`)", d.data.dataset, d.data.hash);
    let _ = writeln!(out, "- 표본: 학습 {}개, 검증 {}개, 시험 {}개", d.data.training, d.data.validation, d.data.test);
    let _ = writeln!(out, "- 나눈 방법: {}", d.data.split);
    let [training, validation, test] = d.data.persons;
    if training + validation + test > 0 {
        let _ = writeln!(out, "- 사람: 학습 {training}명, 검증 {validation}명, 시험 {test}명");
    }
    if d.data.without_person > 0 {
        let _ = writeln!(
            out,
            "- 사람 이름이 없는 표본: {}개. 같은 사람이 여러 부분에 있는지 알 수 없습니다",
            d.data.without_person
        );
    }
    for (class, count) in &d.data.per_class {
        let _ = writeln!(out, "- “{class}” 학습 표본: {count}개");
    }
    for (what, source) in [("관절 좌표", &d.features.estimator), ("사진 특징", &d.features.backbone)] {
        if let Some(source) = source {
            let _ = writeln!(out, "- {what}: {source}");
        }
    }
    let _ = writeln!(out, "\n## 수치\n");
    match facts.evaluation {
        None => {
            let _ = writeln!(out, "배우지 않은 표본으로 잰 적이 없습니다. 얼마나 잘하는지 알 수 없습니다.");
        }
        Some(e) => {
            let _ = writeln!(
                out,
                "표본 {}개({}): 정확도 {:.1} % (95 % 구간 {:.1}~{:.1} %), 매크로 F1 {:.3}, 보정 오차 {:.3}.\n",
                e.samples,
                e.split,
                e.accuracy * 100.0,
                e.accuracy_interval.low * 100.0,
                e.accuracy_interval.high * 100.0,
                e.macro_average.f1,
                e.expected_calibration_error
            );
            let _ = writeln!(
                out,
                "| 클래스 | 표본 | 정밀도 | 재현율 | 재현율 95 % 구간 |\n| --- | ---: | ---: | ---: | ---: |"
            );
            for label in &e.confusion.labels {
                let Some(s) = e.per_class.get(label) else { continue };
                let _ = writeln!(
                    out,
                    "| {label} | {} | {:.3} | {:.3} | {:.3}~{:.3} |",
                    s.support, s.precision, s.recall, s.recall_interval.low, s.recall_interval.high
                );
            }
            let _ = writeln!(out, "\n이 표본에서 알려진 혼동:\n");
            if facts.confusions.is_empty() {
                let _ = writeln!(out, "- 표본 {}개에서는 없었습니다. 그렇다고 혼동이 없다는 뜻은 아닙니다", e.samples);
            }
            for (truth, taken, count, support) in &facts.confusions {
                let _ = writeln!(out, "- “{truth}”을(를) “{taken}”(으)로: {support}개 중 {count}개");
            }
        }
    }
    let threshold = d.calibration.abstain.threshold;
    let _ = writeln!(out, "\n## 답을 읽는 법\n");
    if d.calibration.samples > 0 {
        let _ = writeln!(
            out,
            "- 확률은 검증 표본 {}개로 보정했습니다 (온도 {:.3}, 파일 안에 이미 들어 있음).",
            d.calibration.samples, d.calibration.temperature
        );
    } else {
        let _ = writeln!(out, "- 확률이 보정되지 않았습니다. 0.9라고 해서 열 번 중 아홉 번 맞는 것은 아닙니다.");
    }
    if threshold > 0.0 {
        let _ = writeln!(out, "- 가장 높은 확률이 {threshold:.3}보다 낮으면 기합처럼 판정을 보류하십시오.");
    }
    if !d.knows_nobody && d.layout.input().reads_landmarks() {
        let _ = writeln!(out, "- 빈 장면을 배우지 않았습니다. 사람을 찾았을 때만 물어보십시오.");
    }
    let _ = writeln!(out, "\n## 유의할 점\n");
    let said = warned(model, facts, warnings, Language::Korean);
    for text in &said {
        let _ = writeln!(out, "- {text}");
    }
    if said.is_empty() {
        let _ = writeln!(out, "- 남은 경고가 없습니다");
    }
    let _ = writeln!(out, "\n## 쓰지 말아야 할 곳\n");
    let _ = writeln!(
        out,
        "- 사람에 대한 결정을 혼자 내리는 일: 승급 심사, 경기 실격, 성적. 카메라 사진만 볼 뿐 기술의 의도나 힘은 보지 못합니다.\n\
         - 사람을 알아보거나 감시하는 일, 건강이나 안전에 관한 일.\n\
         - 데이터에 없는 클래스, 촬영 방향, 장소, 사람. 먼저 그곳에서 재어 보십시오 (`kihap evaluate`)."
    );
    if let Some(v) = verified {
        let _ = writeln!(
            out,
            "\n## 파일\n\n쓸 때 {}(으)로 배우지 않은 표본 {}개에 돌려 보았습니다. `kihap predict`와 다른 답은 없고 확률의 가장 큰 \
             차이는 {:.1e}입니다.",
            v.runtime, v.samples, v.largest_difference
        );
    }
    out
}
