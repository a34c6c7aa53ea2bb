"""The closed lists of the contract, in snake_case; new values may be added, none is ever renamed.

Composed from what the World Customs Organization, the European Commission and the application for action
(Regulation (EU) 608/2013, box 5) publish; the forms of the customs networks themselves are not public.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from matching.commodities import COMMODITIES, HARMFUL, Commodity
from matching.model import RiskLevel, Role, Use, VerdictName
from matching.reason_codes import LinkCode, RiskCode, SeizureCode

__all__ = [
    "COMMODITIES",
    "HARMFUL",
    "NICE_CLASSES",
    "RIGHT_NAMES",
    "Channel",
    "Commodity",
    "Concealment",
    "Condition",
    "Detection",
    "Direction",
    "LinkCode",
    "Outcome",
    "Right",
    "RiskCode",
    "RiskLevel",
    "Role",
    "RouteRole",
    "SeizureCode",
    "Unit",
    "Use",
    "VerdictName",
]

Condition = Literal["new", "used", "refurbished"]
Direction = Literal["import", "export", "transit", "transhipment", "internal"]
Channel = Literal[
    "mail", "express", "air_cargo", "sea", "road", "rail", "passenger", "warehouse", "free_zone"
]
RouteRole = Literal["departure", "transit", "destination", "origin"]
Detection = Literal[
    "risk_profile",
    "random",
    "x_ray",
    "dog",
    "rights_holder_alert",
    "marketplace_flag",
    "intelligence",
    "physical",
]
Concealment = Literal[
    "none",
    "misdeclared",
    "false_label",
    "mixed_with_genuine",
    "separate_labels",
    "split_parcels",
    "hidden_compartment",
    "other",
]
Outcome = Literal[
    "suspended", "released_genuine", "released_no_answer", "destroyed_simplified", "court", "penal"
]
# Quantities of different units are never summed.
Unit = Literal["pieces", "kg", "l", "doses"]
Right = Literal[
    "ntm",
    "eutm",
    "itm",
    "nd",
    "cdr",
    "icd",
    "ncpr",
    "ntn",
    "ntsp",
    "npt",
    "upt",
    "num",
    "cgip",
    "cgiw",
    "cgia",
    "cgis",
    "ngi",
    "npvr",
    "cpvr",
    "spcm",
    "spcp",
]
RIGHT_NAMES: Mapping[Right, str] = {
    "ntm": "National trademark",
    "eutm": "European Union trademark",
    "itm": "International registered trademark",
    "nd": "National registered design",
    "cdr": "Registered Community design",
    "icd": "International registered design",
    "ncpr": "Copyright and related right",
    "ntn": "Trade name",
    "ntsp": "Topography of a semiconductor product",
    "npt": "National patent",
    "upt": "Unitary patent",
    "num": "Utility model",
    "cgip": "Geographical indication: agricultural products and foodstuffs",
    "cgiw": "Geographical indication: wine",
    "cgia": "Geographical indication: aromatised drinks based on wine products",
    "cgis": "Geographical indication: spirit drinks",
    "ngi": "Geographical indication listed in an agreement or protected nationally",
    "npvr": "National plant variety right",
    "cpvr": "Community plant variety right",
    "spcm": "Supplementary protection certificate for medicinal products",
    "spcp": "Supplementary protection certificate for plant protection products",
}
# Short names of the classes, for people; the headings themselves are the WIPO's.
NICE_CLASSES: Mapping[int, str] = {
    1: "Chemicals",
    2: "Paints",
    3: "Cosmetics and cleaning preparations",
    4: "Lubricants and fuels",
    5: "Pharmaceuticals",
    6: "Metal goods",
    7: "Machinery",
    8: "Hand tools",
    9: "Electrical and scientific apparatus",
    10: "Medical apparatus",
    11: "Environmental control apparatus",
    12: "Vehicles",
    13: "Firearms",
    14: "Jewelry and watches",
    15: "Musical instruments",
    16: "Paper goods and printed matter",
    17: "Rubber goods",
    18: "Leather goods",
    19: "Non-metallic building materials",
    20: "Furniture",
    21: "Housewares and glass",
    22: "Cordage and fibers",
    23: "Yarns and threads",
    24: "Fabrics",
    25: "Clothing and footwear",
    26: "Fancy goods",
    27: "Floor coverings",
    28: "Toys and sporting goods",
    29: "Meats and processed foods",
    30: "Staple foods",
    31: "Natural agricultural products",
    32: "Light beverages",
    33: "Wines and spirits",
    34: "Smokers' articles",
    35: "Advertising and business",
    36: "Insurance and finance",
    37: "Construction and repair",
    38: "Telecommunications",
    39: "Transport and storage",
    40: "Treatment of materials",
    41: "Education and entertainment",
    42: "Computer and scientific services",
    43: "Hotels and restaurants",
    44: "Medical and beauty services",
    45: "Personal and legal services",
}
