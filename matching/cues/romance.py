"""Cues of the Romance languages: French, Spanish, Portuguese, Italian."""

from __future__ import annotations

from typing import Final

from matching.cues.table import Cues

FRENCH: Final = Cues(
    for_words="pour",
    compatible_before=(
        "compatible avec|compatible pour|adapté à|adapté aux|convient à|compatibles avec|remplace"
    ),
    compatible_behind="compatible compatibles",
    audience="homme hommes femme femmes enfant enfants bébé garçon fille filles garçons lui elle",
    passed_over="et ou le la les l' tous nouveau nouvelle",
    accessories=(
        "coque étui housse chargeur batterie câble adaptateur bracelet protection cartouche support verre"
    ),
    comparison_before="comme|style|façon|similaire à|dans le style de|type|genre",
    strong_replica="réplique|répliques|contrefaçon|faux|copie parfaite",
    weak_replica="copie|inspiré",
    bundle="lot de|lot",
    joins="et ou",
    withs="avec",
    negations="contre pas sans non",
)

SPANISH: Final = Cues(
    for_words="para p/",
    compatible_before="compatible con|compatibles con|adecuado para|apto para|reemplazo para|repuesto para",
    compatible_behind="compatible compatibles",
    audience="hombre hombres mujer mujeres niño niños niña niñas bebé bebés caballero dama damas",
    passed_over="y o el la los las todos nuevo nueva portátil portatil móvil cámara",
    accessories=(
        "funda carcasa cargador batería cable adaptador correa protector cartucho soporte repuesto "
        "maletines maletín"
    ),
    comparison_before="como|estilo|tipo|similar a|parecido a",
    strong_replica="réplica|réplicas|imitación|falso|clon perfecto",
    weak_replica="copia|inspirado|calidad aaa",
    bundle="lote",
    joins="y",
    withs="con",
    negations="cuidado contra no sin",
)

PORTUGUESE: Final = Cues(
    for_words="para",
    compatible_before="compatível com|compatíveis com|adequado para|substitui",
    compatible_behind="compatível compatíveis",
    audience="homem homens mulher mulheres criança crianças menino menina bebê infantil",
    passed_over="e ou o a os as todos novo nova",
    accessories="capa capinha carregador bateria cabo adaptador pulseira película cartucho suporte",
    comparison_before="como|estilo|tipo|semelhante a|parecido com",
    strong_replica="réplica|réplicas|imitação|primeira linha|falsificado",
    weak_replica="cópia|inspirado",
    bundle="lote",
    joins="e ou",
    withs="com",
    negations="contra sem não",
)

ITALIAN: Final = Cues(
    for_words="per",
    loose_for_words="per",
    compatible_before="compatibile con|compatibili con|adatto a|adatto per|ricambio per|compatibile",
    compatible_behind="compatibile compatibili",
    audience="uomo uomini donna donne bambino bambini bambina bambine neonato ragazzo ragazza",
    passed_over="e o il lo la i gli le tutti nuovo nuova",
    accessories=(
        "custodia cover caricatore batteria cavo adattatore cinturino pellicola cartuccia supporto ricambio"
    ),
    comparison_before="come|stile|tipo|simile a|simili a",
    strong_replica="replica|imitazione|falso|tarocco",
    weak_replica="copia|ispirato",
    bundle="lotto|stock",
    joins="e",
    withs="con",
    negations="contro non senza",
)
