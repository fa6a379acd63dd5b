"""Weights of the features by which an anaphor is resolved, in the order of ``discourse.FEATURES``.

Those of pronouns are fitted by ``training.fit_discourse`` on GUM dev; those of descriptions and of quotations without a
source, of which GUM has too few, are set by hand.
"""

from __future__ import annotations

from onrecord.transforms.identities.speakers.discourse import Kind, Weights

# pointer, here_first, here_later, before_first, before_later, two_back, further, last_speaker, often,
# gender, quoted, paragraph, latest, role, misfit, other_role, no_role, unnamed
# fmt: off
WEIGHTS: dict[Kind, Weights] = {
    "person": Weights(
        (
            0.83, 1.18, 0.46, 1.02, 0.26, -0.53, -0.26, 0.79, 0.03,
            1.18, -0.53, 0.86, 0.31, 0.00, 0.00, 0.00, 0.00, -0.21,
        ),
        nobody=1.91,
        new=1.01,
    ),
    "thing": Weights(
        (
            0.98, 1.36, 0.34, 0.25, 0.30, -0.22, -0.82, 0.73, -0.20,
            0.00, -1.05, 0.05, 0.10, 0.00, 0.00, 0.00, 0.00, -0.04,
        ),
        nobody=3.52,
        new=1.69,
    ),
    "nominal": Weights(
        (
            0.80, 0.50, 0.00, 1.00, 0.40, 0.00, -0.60, 1.50, 0.30,
            0.70, -1.00, 0.50, 0.50, 4.00, -3.00, -3.00, -3.00, 0.00,
        ),
        nobody=1.50,
        new=1.00,
    ),
    "quotation": Weights(
        (
            0.00, 1.50, 0.50, 1.20, 0.40, 0.00, -0.80, 2.00, 0.20,
            0.00, -1.00, 0.70, 1.00, 0.00, 0.00, 0.00, 0.00, 0.00,
        ),
        nobody=0.50,
        new=0.00,
    ),
}
# fmt: on
