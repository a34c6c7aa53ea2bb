"""Cues of the Slavic languages: Polish, Russian."""

from __future__ import annotations

from typing import Final

from matching.cues.table import Cues

POLISH: Final = Cues(
    for_words="dla do",
    loose_for_words="do",
    compatible_before=(
        "kompatybilny z|kompatybilna z|kompatybilne z|pasuje do|pasująca do|pasujący do|pasujące do"
        "|zamiennik do|zamiennik dla|zgodny z|zgodna z|zamiennik|przeznaczony do|współpracuje z"
    ),
    compatible_behind="kompatybilny kompatybilna kompatybilne zamiennik zamienniki",
    audience=(
        "mężczyzn kobiet dzieci chłopców dziewczynek niego niej dziecka mężczyzny kobiety niemowląt"
        " chłopca dziewczynki"
    ),
    passed_over="i lub oraz wszystkie nowy nowa telefonu smartfona laptopa drukarki drukarek",
    accessories=(
        "etui futerał ładowarka bateria kabel adapter pasek uchwyt folia szkło toner tusz pokrowiec obudowa"
        " przewód zasilacz akumulator części wkład filtr osłona ramka"
    ),
    comparison_before="jak|w stylu|podobny do|podobna do|podobne do|typu|styl|na wzór",
    comparison_behind="styl",
    strong_replica=(
        "replika|repliki|replikę|podróbka|podróba|podróby|podróbki|podróbkę|podróbek|imitacja|imitacje"
        "|imitacji"
        "|falsyfikat|falsyfikaty|podrobiony|podrobiona|podrobione|podrabiany|podrabiana|podrabiane"
    ),
    weak_replica="kopia|inspirowany|inspirowane|inspirowana|odpowiednik",
    bundle="zestaw mix|hurt mix",
    joins="i lub oraz",
    withs="z",
    other_things="skóry futra drewna kamienia koszulka koszulki",
    negations="nie bez uwaga",
)

RUSSIAN: Final = Cues(
    for_words="для на под",
    loose_for_words="на под",
    compatible_before=(
        "совместим с|совместимый с|совместимая с|совместимые с|совместимо с|совместимость с|подходит для"
        "|подходит к|подходят для|подходит на|замена для|взамен|аналог для"
    ),
    compatible_behind="совместимый совместимая совместимые совместимо совместимость",
    audience=(
        "мужчин женщин детей мальчиков девочек мужчины женщины ребенка мальчика девочки малышей подростков"
        " взрослых новорожденных него нее"
    ),
    passed_over=(
        "и или все всех новый новая новые телефона телефонов смартфона ноутбука принтера айфона айфон"
    ),
    accessories=(
        "чехол чехлы зарядка зарядное аккумулятор батарея кабель адаптер ремешок браслет держатель"
        " стекло пленка"
        " картридж картриджи тонер накладка бампер переходник блок пульт запчасть запчасти фильтр дисплей"
    ),
    comparison_before=(
        "как|в стиле|похож на|похожий на|похожая на|похожие на|типа|под стиль|аналог|альтернатива"
    ),
    comparison_behind="стиль style",
    strong_replica=(
        "реплика|реплики|реплику|реплик|репликой|копия 1:1|подделка|подделки|подделку|поддельный|поддельная"
        "|поддельное|поддельные|паль|палёнка|палёный|палёная|палёные|фейк|фейки|фейковый|фейковая|фейковые"
        "|имитация|имитации|контрафакт|контрафактный|контрафактная|контрафактные|1 в 1|один в один"
        "|люкс реплика"
    ),
    weak_replica="копия|копии|копию|люкс копия|копия люкс|качество люкс|премиум копия|ааа",
    bundle="набор лот|оптом|лотом",
    joins="и или",
    withs="с со",
    other_things="кожи меха мех дерева камня жемчуга шрама оружия",
    negations="не без против нет остерегайтесь",
)
