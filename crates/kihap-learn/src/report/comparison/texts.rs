//! The words of a comparison's report, in both languages.

use serde::Serialize;

use crate::warnings::Language;

/// One word or sentence each; being a struct, neither language can lack one.
#[derive(Debug, Serialize)]
pub(super) struct Texts {
    pub(super) code: &'static str,
    pub(super) best: &'static str,
    pub(super) nothing_done: &'static str,
    pub(super) interval: &'static str,
    pub(super) networks: &'static str,
    pub(super) folds: &'static str,
    pub(super) seeds: &'static str,
    pub(super) samples: &'static str,
    pub(super) runs: &'static str,
    pub(super) not_told_apart: &'static str,
    pub(super) all_told_apart: &'static str,
    pub(super) warnings: &'static str,
    pub(super) no_warnings: &'static str,
    pub(super) ranking: &'static str,
    pub(super) ranking_note: &'static str,
    pub(super) network: &'static str,
    pub(super) input: &'static str,
    pub(super) accuracy: &'static str,
    pub(super) difference: &'static str,
    pub(super) p_corrected_t: &'static str,
    pub(super) p_mcnemar: &'static str,
    pub(super) f1: &'static str,
    pub(super) top2_error: &'static str,
    pub(super) loss: &'static str,
    pub(super) parameters: &'static str,
    pub(super) train_seconds: &'static str,
    pub(super) ms_per_sample: &'static str,
    pub(super) wilson_note: &'static str,
    pub(super) how_tested: &'static str,
    pub(super) how_interval: &'static str,
    pub(super) how_t: &'static str,
    pub(super) how_mcnemar: &'static str,
    pub(super) how_holm: &'static str,
    pub(super) accuracies: &'static str,
    pub(super) accuracies_note: &'static str,
    pub(super) curves: &'static str,
    pub(super) curves_note: &'static str,
    pub(super) epoch: &'static str,
    pub(super) training_accuracy: &'static str,
    pub(super) training_loss: &'static str,
    pub(super) validation_accuracy: &'static str,
    pub(super) validation_loss: &'static str,
    pub(super) time: &'static str,
    pub(super) time_axis: &'static str,
    pub(super) facts: &'static str,
}

static ENGLISH: Texts = Texts {
    code: "en",
    best: "most accurate",
    nothing_done: "No network has been run on every fold yet.",
    interval: "95 % interval",
    networks: "Networks",
    folds: "Folds, the same for all",
    seeds: "Seeds",
    samples: "Test samples",
    runs: "Trainings done",
    not_told_apart: "Cannot be told from it (p ≥ 0.05 or not computable):",
    all_told_apart: "All others are less accurate by more than chance explains (p < 0.05).",
    warnings: "Before you believe this ranking",
    no_warnings: "Nothing speaks against this ranking that this program can see.",
    ranking: "Ranking",
    ranking_note: "Means over the seeds within each fold, then over the folds. Point at a row to see its lines alone.",
    network: "Network",
    input: "Input",
    accuracy: "Accuracy",
    difference: "Behind, points",
    p_corrected_t: "p, t test",
    p_mcnemar: "p, McNemar",
    f1: "F1",
    top2_error: "Not in top two",
    loss: "Loss",
    parameters: "Parameters",
    train_seconds: "Training, s",
    ms_per_sample: "ms a sample",
    wilson_note: "* Wilson's interval over samples, for there is one fold, or all folds have the same accuracy.",
    how_tested: "How intervals and p-values are computed",
    how_interval: "Interval of the accuracy: Student's t over folds. Training sets of different folds share samples, so the \
                   variance of the mean is (1/k + tested/trained) s², as Nadeau and Bengio (2003) correct it for resampling; \
                   the plain s²/k would make intervals too narrow.",
    how_t: "t test: the corrected resampled t test of Nadeau and Bengio on the differences from the best, fold by fold, with \
            k − 1 degrees of freedom. It asks whether training and testing on other such data would give the same order.",
    how_mcnemar: "McNemar: the exact test on the test samples of all folds that only one of the two networks gets right \
                  (in more of its seeds). It asks whether these trained networks differ, and takes samples as independent, \
                  which frames of one clip are not: its p-values are then too small.",
    how_holm: "All p-values are two-sided and corrected for the number of networks by Holm's method. The best was picked by \
               these same test samples, so its accuracy is a little optimistic.",
    accuracies: "Accuracy",
    accuracies_note: "The dot is the mean, the line its 95 % interval, small dots are the single folds.",
    curves: "Learning curves",
    curves_note: "Mean over folds and seeds, as long as at least half of the runs go on. Training values are measured while \
                  the weights change, with dropout and augmentation. No test sample is used for any curve.",
    epoch: "Epoch",
    training_accuracy: "Training accuracy",
    training_loss: "Training loss (log scale)",
    validation_accuracy: "Validation accuracy",
    validation_loss: "Validation loss (log scale)",
    time: "Accuracy and training time",
    time_axis: "Seconds of one training (log scale)",
    facts: "How it was made",
};

static KOREAN: Texts = Texts {
    code: "ko",
    best: "가장 정확함",
    nothing_done: "모든 폴드를 마친 신경망이 아직 없습니다.",
    interval: "95 % 구간",
    networks: "신경망 수",
    folds: "폴드 수 (모두 같음)",
    seeds: "시드",
    samples: "시험 표본 수",
    runs: "마친 학습",
    not_told_apart: "이것과 구별되지 않는 신경망 (p ≥ 0.05 또는 계산할 수 없음):",
    all_told_apart: "나머지는 모두 우연으로 볼 수 없을 만큼 덜 정확합니다 (p < 0.05).",
    warnings: "이 순위를 믿기 전에",
    no_warnings: "이 프로그램이 아는 한 이 순위를 의심할 이유가 없습니다.",
    ranking: "순위",
    ranking_note: "폴드마다 시드의 평균을 낸 다음 폴드의 평균을 낸 값입니다. 행을 가리키면 그 신경망의 선만 또렷해집니다.",
    network: "신경망",
    input: "입력",
    accuracy: "정확도",
    difference: "최고와의 차, %p",
    p_corrected_t: "p, t 검정",
    p_mcnemar: "p, 맥니머",
    f1: "F1",
    top2_error: "상위 둘 밖",
    loss: "손실",
    parameters: "매개변수",
    train_seconds: "학습 시간, 초",
    ms_per_sample: "표본당 ms",
    wilson_note: "* 폴드가 하나이거나 모든 폴드의 정확도가 같아 표본 수로 계산한 윌슨 구간입니다.",
    how_tested: "구간과 p 값의 계산 방법",
    how_interval: "정확도의 구간: 폴드에 대한 스튜던트 t 구간입니다. 폴드마다 학습 표본이 겹치므로 평균의 분산을 Nadeau와 \
                   Bengio(2003)에 따라 (1/k + 시험 수/학습 수) s²로 바로잡습니다. 보통의 s²/k로는 구간이 너무 좁아집니다.",
    how_t: "t 검정: 최고 신경망과의 폴드별 차이에 대한 Nadeau와 Bengio의 수정 재표집 t 검정이며 자유도는 k − 1입니다. \
            이런 다른 데이터로 학습하고 시험해도 순서가 같을지를 묻습니다.",
    how_mcnemar: "맥니머: 모든 폴드의 시험 표본 가운데 두 신경망 중 하나만 (더 많은 시드에서) 맞힌 표본에 대한 정확 검정입니다. \
                  학습된 이 신경망들이 다른지를 묻고 표본이 서로 독립이라고 봅니다. 한 영상의 프레임들은 독립이 아니므로 그때는 \
                  p 값이 너무 작게 나옵니다.",
    how_holm: "모든 p 값은 양측이고, 신경망 수에 대해 홀름의 방법으로 바로잡았습니다. 최고 신경망을 같은 시험 표본으로 골랐으므로 \
               그 정확도는 조금 높게 나온 값입니다.",
    accuracies: "정확도",
    accuracies_note: "큰 점은 평균, 선은 그 95 % 구간, 작은 점은 폴드 하나하나입니다.",
    curves: "학습 곡선",
    curves_note: "폴드와 시드에 대한 평균이며, 학습이 절반 이상 계속되는 동안만 그렸습니다. 학습 값은 드롭아웃과 증강을 켠 채 \
                  가중치가 바뀌는 동안 잰 것입니다. 어떤 곡선에도 시험 표본은 쓰지 않았습니다.",
    epoch: "에폭",
    training_accuracy: "학습 정확도",
    training_loss: "학습 손실 (로그 눈금)",
    validation_accuracy: "검증 정확도",
    validation_loss: "검증 손실 (로그 눈금)",
    time: "정확도와 학습 시간",
    time_axis: "학습 한 번의 초 (로그 눈금)",
    facts: "만들어진 과정",
};

impl Texts {
    pub(super) fn of(language: Language) -> &'static Texts {
        match language {
            Language::English => &ENGLISH,
            Language::Korean => &KOREAN,
        }
    }
}
