"""Weights of the features that tell whom a place means, in the order of ``discourse.FEATURES``.

Those of pronouns are fitted by ``training.fit_discourse`` on GUM dev; those of descriptions and of quotations without a
source, of which GUM has too few, are set by hand.
"""

from __future__ import annotations

from transforms.identities.discourse import Kind, Weights

# pointer, here_first, here_later, before_first, before_later, two_back, further, last_speaker,
# often, gender, quoted, paragraph, latest, role, misfit, other_role, no_role, unnamed; nobody, new
WEIGHTS: dict[Kind, Weights] = {
    "person": Weights(
        (
            0.55,
            0.84,
            0.77,
            0.92,
            0.76,
            -0.37,
            -0.49,
            0.20,
            0.21,
            1.07,
            -0.57,
            1.08,
            0.71,
            0.00,
            0.00,
            0.00,
            0.00,
            -0.68,
        ),
        1.51,
        1.59,
    ),
    "thing": Weights(
        (
            1.38,
            0.99,
            0.82,
            0.04,
            0.64,
            -0.32,
            -0.90,
            0.30,
            -0.30,
            0.00,
            -1.06,
            0.28,
            0.33,
            0.00,
            0.00,
            0.00,
            0.00,
            0.07,
        ),
        3.47,
        1.65,
    ),
    "nominal": Weights(
        (
            0.80,
            0.50,
            0.00,
            1.00,
            0.40,
            0.00,
            -0.60,
            1.50,
            0.30,
            0.70,
            -1.00,
            0.50,
            0.50,
            4.00,
            -3.00,
            -3.00,
            -2.00,
            0.00,
        ),
        1.50,
        1.00,
    ),
    "quotation": Weights(
        (0.00, 1.50, 0.50, 1.20, 0.40, 0.00, -0.80, 2.50, 0.20, 0.00, -1.00, 0.70, 0.50, 0.00, 0.00, 0.00, 0.00, 0.00),
        0.50,
        0.00,
    ),
}
