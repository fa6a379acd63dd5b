"""Weights of the features that tell whom a place means, in the order of ``discourse.FEATURES``."""

from __future__ import annotations

from transforms.identities.discourse import Kind, Weights

#             pointer here1 here  bef1  bef   two   more  speaker often gender quoted par  latest role misfit other none unnamed
PERSON = (1.0, 1.5, 0.5, 1.2, 0.4, 0.0, -0.8, 1.5, 0.3, 0.7, -1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)
THING = (1.0, 1.0, 0.5, 0.8, 0.4, 0.0, -0.8, 0.8, 0.3, 0.0, -1.0, 0.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)
NOMINAL = (0.8, 0.5, 0.0, 1.0, 0.4, 0.0, -0.6, 1.5, 0.3, 0.7, -1.0, 0.5, 0.5, 4.0, -3.0, -2.0, -1.0, 0.0)
QUOTATION = (0.0, 1.5, 0.5, 1.2, 0.4, 0.0, -0.8, 2.5, 0.2, 0.0, -1.0, 0.7, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0)
WEIGHTS: dict[Kind, Weights] = {
    "person": Weights(PERSON, 0.5, 1.0),
    "thing": Weights(THING, 3.0, 1.5),
    "nominal": Weights(NOMINAL, 1.5, 1.0),
    "quotation": Weights(QUOTATION, 0.5, 0.0),
}
