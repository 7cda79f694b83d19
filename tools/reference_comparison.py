"""Records SciPy's and statsmodels' statistics for kihap-learn's comparison of networks.

    python tools/reference_comparison.py > crates/kihap-learn/tests/golden/comparison.json

Needs scipy and statsmodels. Neither has Nadeau and Bengio's corrected resampled t test: its statistic is written here
from the paper's formula (Machine Learning 52, 2003), and SciPy's Student distribution gives interval and p-value. With
the ratio 0 it is SciPy's own paired t test, which the script asserts.
"""

import json

import numpy as np
import scipy
import statsmodels
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests


def corrected(values, ratio):
    values = np.asarray(values, dtype=float)
    k = len(values)
    error = np.sqrt((1 / k + ratio) * values.var(ddof=1))
    t = values.mean() / error
    low, high = stats.t.interval(0.95, k - 1, loc=values.mean(), scale=error)
    return {
        "values": values.tolist(),
        "ratio": ratio,
        "mean": float(values.mean()),
        "low": float(low),
        "high": float(high),
        "t": float(t),
        "p_value": float(2 * stats.t.sf(abs(t), k - 1)),
    }


def main():
    rng = np.random.default_rng(3)
    plain = rng.normal(0.02, 0.03, 7)
    mine, theirs = corrected(plain, 0.0), stats.ttest_1samp(plain, 0.0)
    assert np.isclose(mine["t"], theirs.statistic) and np.isclose(mine["p_value"], theirs.pvalue)
    t_tests = [
        mine,
        corrected([0.1, -0.02], 1.0),
        corrected(rng.normal(0.02, 0.03, 5), 1 / 4),
        corrected(rng.normal(-0.1, 0.01, 10), 1 / 9),
        corrected(rng.normal(0.0, 0.2, 10), 1.0),
        corrected(rng.normal(0.3, 0.004, 30), 1 / 29),
    ]
    pairs = [(0, 0), (1, 0), (5, 1), (8, 8), (3, 17), (120, 80), (1000, 1100), (0, 60)]
    mcnemars = []
    for first, second in pairs:
        p = mcnemar([[10, first], [second, 10]], exact=True).pvalue if first + second else 1.0
        mcnemars.append({"only_first": first, "only_second": second, "p_value": float(p)})
    lists = [[0.01, 0.04, 0.03, 0.005], [0.5, 0.9, 0.04], [0.2, 0.2, 0.2], rng.uniform(0, 0.1, 9).tolist()]
    holms = [{"p_values": p, "adjusted": multipletests(p, method="holm")[1].tolist()} for p in lists]
    made_by = f"scipy {scipy.__version__}, statsmodels {statsmodels.__version__}"
    print(json.dumps({"made_by": made_by, "t_tests": t_tests, "mcnemar": mcnemars, "holm": holms}))


main()
