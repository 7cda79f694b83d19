"""Records scikit-learn's metrics of made-up predictions, for kihap-learn's tests.

    python tools/reference_metrics.py > crates/kihap-learn/tests/golden/metrics.json

Needs numpy and scikit-learn. Wilson intervals, the expected calibration error and Keras' thresholded precision and
recall are not in scikit-learn: they are written here from their definitions, on numpy alone.
"""

import json
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

warnings.filterwarnings("ignore")


def wilson(hits, trials):
    """E. B. Wilson's score interval as the roots of (p - p0)^2 = z^2 p0 (1 - p0) / n."""
    z = 1.959963984540054
    share = hits / trials
    low, high = np.sort(np.roots([1 + z * z / trials, -(2 * share + z * z / trials), share * share]).real)
    return [max(0.0, float(low)), min(1.0, float(high))]


def calibration_error(probabilities, labels, bins=15):
    confidence = probabilities.max(1)
    correct = probabilities.argmax(1) == labels
    edges = np.linspace(0, 1, bins + 1)
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - correct[inside].mean())
    return float(error)


def keras(probabilities, labels):
    one_hot = np.eye(probabilities.shape[1])[labels].astype(bool)
    above = probabilities > 0.5
    hits = (above & one_hot).sum()
    return float(hits / above.sum()) if above.any() else 0.0, float(hits / one_hot.sum())


def case(name, rng, samples, classes, absent=(), skill=1.5):
    present = [c for c in range(classes) if c not in absent]
    labels = rng.choice(present, samples)
    logits = rng.normal(size=(samples, classes))
    logits[np.arange(samples), labels] += skill
    logits[:, list(absent)] -= 50
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    predicted = probabilities.argmax(1)
    every = list(range(classes))
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=every, zero_division=0
    )
    macro = metrics.precision_recall_fscore_support(labels, predicted, average="macro", zero_division=0)[:3]
    keras_precision, keras_recall = keras(probabilities, labels)
    hits = int((predicted == labels).sum())
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "accuracy": float(metrics.accuracy_score(labels, predicted)),
        "accuracy_interval": wilson(hits, samples),
        "macro": [float(v) for v in macro],
        "precision": precision.tolist(),
        "recall": recall.tolist(),
        "f1": f1.tolist(),
        "support": support.tolist(),
        "recall_interval": [wilson(int(round(r * s)), int(s)) if s else [0.0, 1.0] for r, s in zip(recall, support)],
        "confusion": metrics.confusion_matrix(labels, predicted, labels=every).tolist(),
        "log_loss": float(metrics.log_loss(labels, probabilities, labels=every)),
        "top2_error": 1 - float(metrics.top_k_accuracy_score(labels, probabilities, k=2, labels=every)),
        "calibration_error": calibration_error(probabilities, labels),
        "keras": [keras_precision, keras_recall],
        "balanced_weights": compute_class_weight("balanced", classes=np.array(present), y=labels).tolist(),
        "present": present,
    }


def main():
    rng = np.random.default_rng(20)
    cases = [
        case("six classes", rng, 200, 6),
        case("a class missing", rng, 60, 4, absent=(2,)),
        case("hardly better than guessing", rng, 80, 5, skill=0.2),
        case("three samples", rng, 3, 3),
    ]
    print(json.dumps({"made_by": f"scikit-learn {sklearn.__version__}", "cases": cases}))


main()
