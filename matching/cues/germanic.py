"""Cues of the Germanic languages: English, German, Dutch, Swedish."""

from __future__ import annotations

from typing import Final

from matching.cues.table import Cues

ENGLISH: Final = Cues(
    for_words="for fits fit 4",
    loose_for_words="4 fit",
    compatible_before=(
        "compatible with|works with|work with|designed for|replacement for|suitable for|made for|fitted "
        "for|compatible for|used with|use with|replaces"
    ),
    compatible_behind="compatible",
    audience=(
        "men mens women womens man woman him her boys girls boy girl kids kid baby babies ladies lady "
        "gents adults adult children child toddler toddlers unisex teens youth everyone us you dad mom"
    ),
    passed_over=(
        "and or the new old all your most any many other various select selected older newer both with a "
        "original genuine up later laptop notebook tablet phone smartphone camera cameras printer car "
        "console tv slr dslr models model series version gen generation digital"
    ),
    accessories=(
        "case cases cover covers charger chargers battery batteries adapter adapters cable cables skin "
        "skins strap straps band bands holder holders mount mounts dock sleeve sleeves screen protector "
        "protectors stylus lens filter filters cartridge cartridges toner ink remote keyboard stand "
        "cradle pouch film glass bumper replacement parts part kit speaker headset receiver connector "
        "hood flash grip bag holster shell wallet decal sticker"
    ),
    comparison_before=(
        "like|similar to|looks like|look like|alternative to|alternative for|in the style of|comparable "
        "to|equivalent to|reminiscent of"
    ),
    comparison_behind="style styled look lookalike alike looking inspired shape shaped",
    strong_replica=(
        "replica|replicas|fake|fakes|dupe|dupes|imitation|knockoff|knock off|knock-off|superfake|super "
        "fake|mirror quality|counterfeit|bootleg|high copy|super copy|mirror copy|first copy|super clone"
        "|replica's|imitations|counterfeits|counterfeited"
        "|knockoffs|knock offs|superfakes|super fakes|superclone|superclones|super clones|bootlegs"
        "|bootlegged"
        "|mirror copies|first copies|1st copy|high copies|high replica"
    ),
    weak_replica="aaa|aaa+|ua|copy|clone|clones|inspired|top quality|unauthorized authentic|1 to 1",
    bundle="lot|bundle|job lot|joblot|bulk lot|mixed lot|wholesale lot",
    joins="and or",
    withs="with",
    negations="no beware avoid against unlike not non anti never without",
    other_things=(
        "fur furs leather eyelash eyelashes lashes lash nail nails tattoo tattoos plant plants flower "
        "flowers blood snow collar grass money teeth tan tanning eyebrow eyebrows candle candles food "
        "fruit rock stone suede wood brick pearl pearls scale model jersey jerseys shirt shirts helmet "
        "helmets ball football prop weapon statue bill"
    ),
    scales=(
        "scale drive duplicator eraser copier docking mapping ratio balun zoom mount macro aspect "
        "transformer model magnification massstab maßstab échelle"
    ),
)

GERMAN: Final = Cues(
    for_words="für fuer fürs",
    compatible_before=(
        "kompatibel mit|passend zu|passend für|geeignet für|ersatz für|passt zu|kompatibel zu"
    ),
    compatible_behind="kompatibel kompatible kompatibles kompatibler passend",
    audience="herren damen männer frauen kinder jungen mädchen baby ihn sie jugendliche",
    passed_over="und oder das der die dem neue neuen alle handy kamera drucker laptop",
    accessories=(
        "hülle hüllen tasche ladegerät akku kabel adapter halterung armband schutzfolie folie ersatz "
        "patrone toner ersatzteil schutzhülle"
    ),
    comparison_before="wie|ähnlich wie|im stil von|im stile von|alternative zu|à la",
    comparison_behind="stil look optik ähnlich",
    strong_replica=(
        "replika|replikas|replik|repliken|imitat|imitate|imitation|imitationen|fälschung|fälschungen"
        "|gefälscht"
        "|gefälschte|gefälschter|gefälschtes|gefälschten|nachahmung|nachahmungen|nachgeahmt|nachgemacht"
        "|nachgemachte|nachgemachter|nachgemachtes|nachbau|nachbauten|plagiat|plagiate|raubkopie|raubkopien"
    ),
    weak_replica="kopie|kopien|inspiriert|inspirierte|inspirierter|inspiriertes",
    bundle="konvolut|bündel|sammlung",
    joins="und oder",
    withs="mit",
    negations="gegen kein keine ohne nicht",
    other_things="leder pelz fell wimpern nägel pflanze pflanzen blumen schnee",
)

DUTCH: Final = Cues(
    for_words="voor",
    compatible_before="compatibel met|geschikt voor|passend voor|past op",
    compatible_behind="compatibel compatibele",
    audience="heren dames mannen vrouwen kinderen jongens meisjes baby",
    passed_over="en of de het alle nieuwe",
    accessories="hoesje hoes oplader accu kabel adapter bandje houder cartridge beschermer",
    comparison_before="zoals|stijl van|vergelijkbaar met|lijkt op",
    comparison_behind="stijl look",
    strong_replica=(
        "namaak|nagemaakt|nagemaakte|nep|neppe|replica|replica's|imitatie|imitaties|vervalsing|vervalsingen"
        "|vervalst|vervalste"
    ),
    weak_replica="kopie|kopieën|geïnspireerd|geïnspireerde",
    bundle="partij|kavel",
    joins="en",
    withs="met",
    negations="tegen niet geen",
    other_things="bont leer leder wimpers nagels plant planten bloem bloemen sneeuw",
)

SWEDISH: Final = Cues(
    for_words="för till",
    loose_for_words="till",
    compatible_before="kompatibel med|passar till|passar",
    compatible_behind="kompatibel kompatibla",
    audience="herr dam barn män kvinnor",
    passed_over="och eller alla ny nya",
    accessories="skal fodral laddare batteri kabel adapter armband hållare",
    comparison_before="liknande|i stil med|som",
    comparison_behind="stil liknande",
    strong_replica=(
        "replika|repliker|kopia|kopior|imitation|imitationer|förfalskning|förfalskningar|förfalskad"
        "|förfalskade"
        "|piratkopia|piratkopior|fejk|fejkad|fejkade"
    ),
    joins="och eller",
    withs="med",
    negations="inte",
)
