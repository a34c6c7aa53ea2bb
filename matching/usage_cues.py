"""The words that tell what a mark is used for, language by language. Tables only: the rules are in usage.py.

Words are in lower case as they are written; a phrase has spaces. Languages: English, German, French, Spanish,
Portuguese, Italian, Dutch, Polish, Turkish, Indonesian, Swedish, Russian.
"""

from __future__ import annotations

FOR_WORDS: dict[str, str] = {
    "en": "for fits fit 4",
    "de": "für fuer fürs",
    "fr": "pour",
    "es": "para p/",
    "pt": "para",
    "it": "per",
    "nl": "voor",
    "pl": "dla do",
    "id": "untuk buat utk",
    "sv": "för till",
    "ru": "для",
}
"""Words before a mark after which it names what the goods go with."""

FOR_WORDS_NEEDING_GOODS = frozenset({"4", "do", "till", "fit", "per", "buat"})
"""Of these, words that mean other things too: they count only behind an accessory."""

COMPATIBLE_BEFORE: dict[str, str] = {
    "en": "compatible with|works with|work with|designed for|replacement for|suitable for|made for|fitted for"
    "|compatible for|used with|use with|replaces",
    "de": "kompatibel mit|passend zu|passend für|geeignet für|ersatz für|passt zu|kompatibel zu",
    "fr": "compatible avec|compatible pour|adapté à|adapté aux|convient à|compatibles avec|remplace",
    "es": "compatible con|compatibles con|adecuado para|apto para|reemplazo para|repuesto para",
    "pt": "compatível com|compatíveis com|adequado para|substitui",
    "it": "compatibile con|compatibili con|adatto a|adatto per|ricambio per|compatibile",
    "nl": "compatibel met|geschikt voor|passend voor|past op",
    "pl": "kompatybilny z|kompatybilna z|kompatybilne z|pasuje do|zamiennik do|zgodny z|zamiennik",
    "tr": "uyumlu",
    "id": "kompatibel dengan|cocok untuk|cocok buat|support|pengganti",
    "sv": "kompatibel med|passar till|passar",
    "ru": "совместим с|совместимый с|подходит для|подходит к",
}
COMPATIBLE_BEHIND: dict[str, str] = {
    "en": "compatible",
    "de": "kompatibel kompatible kompatibles kompatibler passend",
    "fr": "compatible compatibles",
    "es": "compatible compatibles",
    "pt": "compatível compatíveis",
    "it": "compatibile compatibili",
    "nl": "compatibel compatibele",
    "pl": "kompatybilny kompatybilna kompatybilne zamiennik",
    "tr": "uyumlu için icin uyumludur",
    "id": "kompatibel",
    "sv": "kompatibel kompatibla",
    "ru": "совместимый совместимая совместимые",
}
"""Words within a few words behind a mark that tell the same."""

AUDIENCE: dict[str, str] = {
    "en": "men mens women womens man woman him her boys girls boy girl kids kid baby babies ladies lady"
    " gents adults"
    " adult children child toddler toddlers unisex teens youth everyone us you dad mom",
    "de": "herren damen männer frauen kinder jungen mädchen baby ihn sie jugendliche",
    "fr": "homme hommes femme femmes enfant enfants bébé garçon fille filles garçons lui elle",
    "es": "hombre hombres mujer mujeres niño niños niña niñas bebé bebés caballero dama damas",
    "pt": "homem homens mulher mulheres criança crianças menino menina bebê infantil",
    "it": "uomo uomini donna donne bambino bambini bambina bambine neonato ragazzo ragazza",
    "nl": "heren dames mannen vrouwen kinderen jongens meisjes baby",
    "pl": "mężczyzn kobiet dzieci chłopców dziewczynek niego niej dziecka",
    "tr": "erkek kadın çocuk bebek kız erkekler kadınlar",
    "id": "pria wanita anak bayi cowok cewek laki perempuan dewasa",
    "sv": "herr dam barn män kvinnor",
    "ru": "мужчин женщин детей мальчиков девочек",
}
"""Whom goods are for: behind a for-word these void it."""

PASSED_OVER: dict[str, str] = {
    "en": "and or the new old all your most any many other various select selected older newer both with"
    " a original"
    " genuine up later laptop notebook tablet phone smartphone camera cameras printer car console tv slr dslr"
    " models model series version gen generation digital",
    "de": "und oder das der die dem neue neuen alle handy kamera drucker laptop",
    "fr": "et ou le la les l' tous nouveau nouvelle",
    "es": "y o el la los las todos nuevo nueva portátil portatil móvil cámara",
    "pt": "e ou o a os as todos novo nova",
    "it": "e o il lo la i gli le tutti nuovo nuova",
    "nl": "en of de het alle nieuwe",
    "pl": "i lub oraz wszystkie nowy",
    "tr": "ve veya ile tüm yeni",
    "id": "dan atau semua baru",
    "sv": "och eller alla ny nya",
    "ru": "и или все",
}
"""Words on the way from a mark back to its for-word that do not break the way."""

ACCESSORIES: dict[str, str] = {
    "en": "case cases cover covers charger chargers battery batteries adapter adapters cable cables skin"
    " skins strap"
    " straps band bands holder holders mount mounts dock sleeve sleeves screen protector protectors"
    " stylus lens"
    " filter filters cartridge cartridges toner ink remote keyboard stand cradle pouch film glass bumper"
    " replacement"
    " parts part kit speaker headset receiver connector hood flash grip bag holster shell wallet decal"
    " sticker",
    "de": "hülle hüllen tasche ladegerät akku kabel adapter halterung armband schutzfolie folie ersatz"
    " patrone toner"
    " ersatzteil schutzhülle",
    "fr": "coque étui housse chargeur batterie câble adaptateur bracelet protection cartouche support verre",
    "es": "funda carcasa cargador batería cable adaptador correa protector cartucho soporte repuesto"
    " maletines maletín",
    "pt": "capa capinha carregador bateria cabo adaptador pulseira película cartucho suporte",
    "it": "custodia cover caricatore batteria cavo adattatore cinturino pellicola cartuccia supporto"
    " ricambio",
    "nl": "hoesje hoes oplader accu kabel adapter bandje houder cartridge beschermer",
    "pl": "etui futerał ładowarka bateria kabel adapter pasek uchwyt folia szkło toner tusz pokrowiec"
    " obudowa",
    "tr": "kılıf kapak şarj batarya kablo adaptör kordon tutucu cam kartuş toner",
    "id": "casing case charger baterai kabel adaptor tali holder pelindung tinta kaca softcase sparepart",
    "sv": "skal fodral laddare batteri kabel adapter armband hållare",
    "ru": "чехол зарядка аккумулятор кабель адаптер ремешок держатель стекло картридж",
}
"""Goods that go with other goods."""

COMPARISON_BEFORE: dict[str, str] = {
    "en": "like|similar to|looks like|look like|alternative to|alternative for|in the style of|comparable to"
    "|equivalent to|reminiscent of",
    "de": "wie|ähnlich wie|im stil von|im stile von|alternative zu|à la",
    "fr": "comme|style|façon|similaire à|dans le style de|type|genre",
    "es": "como|estilo|tipo|similar a|parecido a",
    "pt": "como|estilo|tipo|semelhante a|parecido com",
    "it": "come|stile|tipo|simile a|simili a",
    "nl": "zoals|stijl van|vergelijkbaar met|lijkt op",
    "pl": "jak|w stylu|podobny do|typu|styl",
    "tr": "benzeri|tarzı",
    "id": "seperti|gaya|mirip|ala",
    "sv": "liknande|i stil med|som",
    "ru": "как|в стиле|похож на|типа",
}
COMPARISON_BEHIND: dict[str, str] = {
    "en": "style styled look lookalike alike looking inspired shape shaped",
    "de": "stil look optik ähnlich",
    "nl": "stijl look",
    "tr": "tarzı benzeri tarz stili",
    "pl": "styl",
    "sv": "stil liknande",
    "id": "style mirip",
}
"""Words right behind a mark that tell it is only compared with."""

STRONG_REPLICA: dict[str, str] = {
    "en": "replica|replicas|fake|fakes|dupe|dupes|imitation|knockoff|knock off|knock-off|superfake|super fake"
    "|mirror quality|counterfeit|bootleg|high copy|super copy|mirror copy|first copy|super clone",
    "de": "replika|replik|imitat|fälschung|nachahmung|plagiat",
    "fr": "réplique|répliques|contrefaçon|faux|copie parfaite",
    "es": "réplica|réplicas|imitación|falso|clon perfecto",
    "pt": "réplica|réplicas|imitação|primeira linha|falsificado",
    "it": "replica|imitazione|falso|tarocco",
    "nl": "namaak|replica|imitatie",
    "pl": "replika|podróbka|podróba|imitacja",
    "tr": "replika|çakma|imitasyon|taklit",
    "id": "kw super|kw1|replika|tiruan|imitasi|mirror quality|grade ori|kw premium",
    "sv": "replika|kopia|imitation",
    "ru": "реплика|копия 1:1|подделка|паль",
}
WEAK_REPLICA: dict[str, str] = {
    "en": "aaa|aaa+|ua|copy|clone|inspired|top quality|unauthorized authentic|1 to 1",
    "de": "kopie|inspiriert",
    "fr": "copie|inspiré",
    "es": "copia|inspirado|calidad aaa",
    "pt": "cópia|inspirado",
    "it": "copia|ispirato",
    "nl": "kopie|geïnspireerd",
    "pl": "kopia|inspirowany|inspirowane",
    "tr": "kopya|a kalite",
    "id": "kw|kwalitas import|mirip ori",
    "ru": "копия|люкс копия",
}
REPLICA_OF_OTHER_THINGS = (
    "fur furs leather eyelash eyelashes lashes lash nail nails tattoo tattoos plant plants flower flowers"
    " blood snow collar grass money teeth tan tanning eyebrow eyebrows candle candles food fruit rock"
    " stone suede wood brick pearl pearls scale model jersey jerseys shirt shirts helmet helmets ball"
    " football prop weapon statue bill"
)
"""Behind a cue word these make it speak of something else: fake fur, a replica jersey."""
NEGATIONS = (
    "no beware avoid against unlike cuidado gegen contre contra not non anti never without kein keine pas"
    " sin não non nie geen değil bukan tidak inte не"
)
SCALES = (
    "scale drive duplicator eraser copier docking mapping ratio balun zoom mount macro aspect transformer"
    " model magnification massstab maßstab échelle"
)
"""Beside 1:1 these tell that it measures something."""

BUNDLE: dict[str, str] = {
    "en": "lot|bundle|job lot|joblot|bulk lot|mixed lot|wholesale lot",
    "de": "konvolut|bündel|sammlung",
    "fr": "lot de|lot",
    "es": "lote",
    "pt": "lote",
    "it": "lotto|stock",
    "nl": "partij|kavel",
    "pl": "zestaw mix",
    "tr": "toplu",
    "id": "paket",
}
FASHION_GOODS: dict[int, str] = {
    14: "watch watches ring rings necklace necklaces bracelet bracelets earring earrings jewelry"
    " jewellery uhr uhren"
    " schmuck montre montres bague collier reloj relojes anillo orologio orologi anello horloge zegarek"
    " saat jam"
    " chronograph pendant",
    18: "bag bags handbag handbags wallet wallets purse purses backpack backpacks tote clutch crossbody"
    " belt belts"
    " tasche handtasche rucksack sac sacs portefeuille bolso bolsa bolsos mochila cartera borsa borse"
    " zaino tas"
    " torebka plecak portfel çanta cüzdan dompet luggage",
    25: "shoe shoes sneaker sneakers trainers boots boot hoodie hoodies shirt shirts tshirt tee tees"
    " jacket jackets"
    " coat jeans pants trousers shorts joggers tracksuit sweater sweatshirt cap caps hat hats beanie"
    " socks slides"
    " sandals dress polo vest cardigan schuhe turnschuhe jacke hose kleid chaussures baskets veste zapatillas"
    " zapatos camiseta chaqueta scarpe giacca maglia felpa schoenen jas buty kurtka bluza ayakkabı sepatu"
    " kaos jaket"
    " tênis camisa roupa",
}
"""Goods of the classes in which imitations abound: jewelry and watches, bags, clothes and shoes."""
