"""What was seized or is offered, as one closed list, and how a listing's category is brought to it.

The list is composed from what the WCO and the European Commission print in their reports.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, get_args

from matching.folding import fold_words

Commodity = Literal[
    "clothing",
    "clothing_accessories",
    "footwear",
    "bags_wallets",
    "watches",
    "jewelry",
    "sunglasses",
    "perfumes_cosmetics",
    "body_care",
    "toys",
    "games",
    "sports_equipment",
    "mobile_phones",
    "electronics",
    "computer_equipment",
    "memory_cards",
    "ink_toners",
    "household_appliances",
    "recorded_media",
    "cigarettes",
    "e_cigarettes",
    "tobacco",
    "lighters",
    "medicines",
    "medicines_nervous_system",
    "medicines_anti_infective",
    "medicines_antiparasitic",
    "medicines_erectile_dysfunction",
    "medical_devices",
    "vaccines",
    "foodstuffs",
    "alcoholic_beverages",
    "other_beverages",
    "pesticides",
    "vehicle_parts",
    "office_stationery",
    "labels_tags",
    "packaging",
    "other",
]
COMMODITIES: tuple[Commodity, ...] = get_args(Commodity)
# Fakes of these can hurt or kill: they weigh more in a seller's risk.
HARMFUL: frozenset[Commodity] = frozenset(
    (
        "perfumes_cosmetics",
        "body_care",
        "toys",
        "cigarettes",
        "e_cigarettes",
        "tobacco",
        "medicines",
        "medicines_nervous_system",
        "medicines_anti_infective",
        "medicines_antiparasitic",
        "medicines_erectile_dysfunction",
        "medical_devices",
        "vaccines",
        "foodstuffs",
        "alcoholic_beverages",
        "other_beverages",
        "pesticides",
        "vehicle_parts",
    )
)
_NICE: Mapping[int, Commodity] = {
    3: "perfumes_cosmetics",
    5: "medicines",
    10: "medical_devices",
    12: "vehicle_parts",
    14: "jewelry",
    16: "office_stationery",
    18: "bags_wallets",
    25: "clothing",
    28: "toys",
    29: "foodstuffs",
    30: "foodstuffs",
    31: "foodstuffs",
    32: "other_beverages",
    33: "alcoholic_beverages",
    34: "tobacco",
    9: "electronics",
    11: "household_appliances",
    7: "household_appliances",
}
# English, German, French, Spanish, Italian and some Chinese words of category trees, a phrase joined by "_".
_WRITTEN: Mapping[Commodity, str] = {
    "footwear": """
        shoe shoes sneaker sneakers boot boots sandals slippers heels footwear trainers running_shoes
        schuhe schuh stiefel chaussures chaussure baskets bottes zapatos zapatillas calzado scarpe
        stivali 鞋 鞋类""",
    "clothing": """
        clothing clothes apparel shirt shirts t_shirt t_shirts tshirts tops dress dresses skirt skirts
        jacket jackets coat coats jeans pants trousers shorts hoodie hoodies sweater sweaters
        sweatshirts underwear lingerie socks swimwear activewear suits costumes fashion kleidung
        bekleidung jacken hosen kleider vetements robes pantalons ropa vestidos camisetas abbigliamento
        vestiti maglie 服装 衣服""",
    "clothing_accessories": """
        belt belts scarf scarves gloves hat hats cap caps neckties beanie beanies clothing_accessories
        fashion_accessories apparel_accessories guertel schal muetzen handschuhe ceintures echarpes
        chapeaux cinturones bufandas gorras cinture sciarpe cappelli""",
    "bags_wallets": """
        bag bags handbag handbags purse purses wallet wallets backpack backpacks luggage suitcase
        suitcases tote totes clutch briefcase briefcases tasche taschen handtaschen rucksack rucksaecke
        geldboersen koffer sacs sac maroquinerie portefeuilles valises bolsos bolso mochilas carteras
        maletas borse borsa zaini portafogli valigie 箱包 包""",
    "watches": """
        watch watches wristwatch wristwatches smart_watches watch_bands armbanduhr armbanduhren uhren
        uhr montres montre relojes reloj orologi orologio 手表""",
    "jewelry": """
        jewelry jewellery necklace necklaces bracelet bracelets ring rings earring earrings pendant
        pendants charms schmuck halsketten armbaender ohrringe bijoux colliers joyeria joyas collares
        pulseras gioielli collane bracciali 珠宝""",
    "sunglasses": """
        sunglasses eyewear eyeglasses sonnenbrille sonnenbrillen brillen lunettes gafas occhiali""",
    "perfumes_cosmetics": """
        perfume perfumes fragrance fragrances cologne cosmetics cosmetic makeup make_up lipstick
        mascara eyeshadow beauty parfum parfums kosmetik schminke cosmetiques maquillage perfumeria
        cosmeticos profumi cosmetici trucco 化妆品""",
    "body_care": """
        skincare skin_care hair_care personal_care toiletries shampoo soap soaps toothpaste toothbrush
        razor razors razor_blades body_care koerperpflege haarpflege soins hygiene higiene igiene""",
    "toys": """
        toy toys doll dolls plush action_figures building_blocks puzzle puzzles spielzeug puppen jouets
        jouet peluches poupees juguetes munecas giocattoli bambole 玩具""",
    "games": """
        video_games game_consoles consoles gaming board_games games spiele videospiele jeux juegos
        giochi""",
    "sports_equipment": """
        sporting_goods sports_equipment sports_and_outdoors fitness golf cycling tennis fishing camping
        sportgeraete""",
    "mobile_phones": """
        cell_phones mobile_phones smartphone smartphones phone_cases phone_chargers phone_accessories
        cell_phone_accessories mobile_accessories handy handys handyhuellen telephones_portables
        telefonos_moviles cellulari 手机""",
    "electronics": """
        electronics electronic audio headphones headphone earbuds earphones speaker speakers camera
        cameras tv televisions charger chargers cable cables battery batteries elektronik kopfhoerer
        electronique casques electronica auriculares elettronica cuffie 电子""",
    "computer_equipment": """
        computer computers laptop laptops tablet tablets keyboard keyboards monitor monitors router
        routers networking motherboards graphics_cards computer_accessories pc ordinateurs ordenadores""",
    "memory_cards": """
        memory_card memory_cards usb_flash_drives flash_drive flash_drives sd_cards ssd speicherkarten""",
    "ink_toners": """
        ink toner toners ink_cartridges cartridge cartridges printer_ink druckerpatronen encres tinta""",
    "household_appliances": """
        appliance appliances home_appliances kitchen_appliances vacuum vacuums hair_dryer hair_dryers
        lighting lamps tools power_tools haushaltsgeraete electromenager electrodomesticos
        elettrodomestici""",
    "recorded_media": """
        dvd dvds cd cds blu_ray movies music vinyl software films filme musik musique peliculas""",
    "cigarettes": "cigarette cigarettes zigaretten cigarrillos sigarette",
    "e_cigarettes": """
        e_cigarette e_cigarettes electronic_cigarettes vape vapes vaping e_liquid e_zigaretten
        cigarettes_electroniques""",
    "tobacco": "tobacco shisha cigar cigars tabak tabac tabaco tabacco",
    "lighters": "lighter lighters feuerzeuge briquets encendedores accendini",
    "medicines": """
        medicine medicines medication medications pharmacy pharmaceutical pharmaceuticals drugs
        supplements vitamins arzneimittel medikamente medicaments medicamentos farmaci medicinali""",
    "medicines_erectile_dysfunction": "erectile_dysfunction potency potenzmittel",
    "medical_devices": """
        medical_devices medical_supplies medical_equipment thermometer thermometers respirators
        contact_lenses syringes test_kits medizinprodukte dispositifs_medicaux""",
    "vaccines": "vaccine vaccines impfstoffe vaccins vacunas vaccini",
    "foodstuffs": """
        food foods grocery groceries snacks candy chocolate coffee tea baby_food lebensmittel epicerie
        alimentos alimentari""",
    "alcoholic_beverages": """
        alcohol wine wines beer whisky whiskey vodka spirits champagne liquor wein bier vins vinos vini""",
    "other_beverages": "beverages beverage soft_drinks drinks juice getraenke boissons bebidas bevande",
    "pesticides": "pesticide pesticides herbicide herbicides insecticide insecticides fungicides",
    "vehicle_parts": """
        automotive auto_parts car_parts spare_parts car_accessories motorcycle_parts airbags brake_pads
        brakes wheels tires tyres spark_plugs autoteile ersatzteile pieces_auto recambios ricambi""",
    "office_stationery": """
        stationery office_supplies office_products pens notebooks schreibwaren papeterie papeleria
        cartoleria""",
    "labels_tags": "labels tags stickers patches emblems etiketten etiquettes etiquetas etichette",
    "packaging": """
        packaging packing_boxes shopping_bags gift_boxes verpackung emballages embalajes imballaggi""",
}
_BY_PHRASE: Mapping[tuple[str, ...], Commodity] = {
    fold_words(phrase.replace("_", " ")): commodity
    for commodity, written in _WRITTEN.items()
    for phrase in written.split()
}
_LONGEST = max(map(len, _BY_PHRASE))
_BETWEEN = re.compile(r"[>/|,;»]+")


def commodity_of(category: str, nice_classes: frozenset[int] = frozenset()) -> Commodity | None:
    """The commodity that a listing's category names, else its Nice classes; None where they leave it open.

    The last step of a category path is the most telling one: "Fashion > Shoes" is footwear.
    """
    for step in reversed(_BETWEEN.split(category)):
        if named := _named_in(fold_words(step)):
            return named
    meant = {_NICE[number] for number in nice_classes if number in _NICE}
    return meant.pop() if len(meant) == 1 else None


def _named_in(words: tuple[str, ...]) -> Commodity | None:
    """The longest phrase wins, the later one among equals: in English and German the head stands last."""
    for length in range(min(_LONGEST, len(words)), 0, -1):
        for at in range(len(words) - length, -1, -1):
            if commodity := _BY_PHRASE.get(words[at : at + length]):
                return commodity
    return None
