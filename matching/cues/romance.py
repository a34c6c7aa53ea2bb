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
    strong_replica=(
        "réplique|répliques|contrefaçon|contrefaçons|contrefait|contrefaite|contrefaits|contrefaites|faux"
        "|fausse"
        "|fausses|imitation|imitations|copie parfaite|copies parfaites"
    ),
    weak_replica="copie|copies|inspiré|inspirée|inspirés|inspirées",
    bundle="lot de|lot",
    joins="et ou",
    withs="avec",
    negations="contre pas sans non",
    other_things=(
        "cuir fourrure cils ongle ongles fleur fleurs plante plantes marbre pierre pierres diamant"
        " diamants perle"
        " perles col poche poches cheveux piercing gazon plafond daim bois sang mousse manche manches"
    ),
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
    strong_replica=(
        "réplica|réplicas|imitación|imitaciones|falso|falsa|falsos|falsas|falsificación|falsificaciones"
        "|falsificado|falsificada|falsificados|falsificadas|clon perfecto|trucho|truchos"
    ),
    weak_replica="copia|copias|inspirado|inspirada|inspirados|inspiradas|calidad aaa",
    bundle="lote",
    joins="y",
    withs="con",
    negations="cuidado contra no sin",
    other_things="piel pelo cuero pestañas uñas flores plantas techo nieve",
    other_things_before="pestañas pestaña uñas uña flores plantas billetes billete",
)

PORTUGUESE: Final = Cues(
    for_words="para",
    compatible_before="compatível com|compatíveis com|adequado para|substitui",
    compatible_behind="compatível compatíveis",
    audience="homem homens mulher mulheres criança crianças menino menina bebê infantil",
    passed_over="e ou o a os as todos novo nova",
    accessories="capa capinha carregador bateria cabo adaptador pulseira película cartucho suporte",
    comparison_before="como|estilo|tipo|semelhante a|parecido com",
    strong_replica=(
        "réplica|réplicas|imitação|imitações|primeira linha|falso|falsa|falsos|falsas|falsificado"
        "|falsificada"
        "|falsificados|falsificadas|falsificação|falsificações|contrafeito|contrafeita|contrafeitos"
        "|contrafeitas"
    ),
    weak_replica="cópia|cópias|inspirado|inspirada|inspirados|inspiradas",
    bundle="lote",
    joins="e ou",
    withs="com",
    negations="contra sem não",
    other_things="pele couro cílios unhas flores plantas",
    other_things_before="cílios unhas flores plantas",
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
    strong_replica=(
        "replica|repliche|imitazione|imitazioni|falso|falsa|falsi|tarocco|tarocca|tarocche|taroccato"
        "|taroccata"
        "|taroccati|taroccate|contraffatto|contraffatta|contraffatti|contraffatte|contraffazione"
        "|contraffazioni"
    ),
    weak_replica="copia|copie|ispirato|ispirata|ispirati|ispirate",
    bundle="lotto|stock",
    joins="e",
    withs="con",
    negations="contro non senza",
    other_things="pelle pelliccia ciglia unghie fiori piante",
    other_things_before="ciglia unghie fiori piante",
)
