"""What kind of body a name says it is: "Ltd", "GmbH", "有限公司" are left out when names are compared.

Composed for this project from the forms' everyday spellings; grouped by what they are, because a GmbH that
writes itself Ltd abroad is common and an association that shares a company's name is somebody else.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

_WRITTEN: Mapping[str, str] = {
    "limited": """
        ltd; limited; co ltd; co limited; company limited; company ltd; private limited; pvt ltd;
        pvt limited; pvt; pty ltd; pty limited; pty; proprietary limited; proprietary; pte ltd;
        pte limited; pte; pvt co; private ltd; ltd co; ltd company; co; company; cmpny; coy; llc; lc;
        limited liability company; limited liability co; l l c; wll; with limited liability; gmbh;
        gesellschaft mit beschrankter haftung; mbh; ges mbh; gesmbh; ug; ug haftungsbeschrankt;
        unternehmergesellschaft; ggmbh; bv; besloten vennootschap; b v; srl; sarl;
        societe a responsabilite limitee; societa a responsabilita limitata;
        sociedad de responsabilidad limitada; societatea cu raspundere limitata; s de rl; s de rl de cv;
        sl; slu; sociedad limitada; lda; limitada; ltda; eireli; sp z oo; sp zoo; spolka z oo;
        spolka z ograniczona odpowiedzialnoscia; spzoo; sro; spol sro; spol s ro; doo; dooel; ood; eood;
        ooo; too; tov; oou; obshchestvo s ogranichennoy otvetstvennostyu; kft;
        korlatolt felelossegu tarsasag; aps; anpartsselskab; ab; aktiebolag; oy; osakeyhtio; oue; ou;
        osauhing; sia; uab; uzdaroji akcine bendrove; sdn bhd; sendirian berhad; tnhh; cong ty tnhh;
        ltd sti; limited sirketi; tic ltd sti; san ve tic ltd sti; ve tic ltd sti; sti; pt; cv; fzco; fze;
        fz llc; fzc; dmcc; est; eurl; sasu; godo kaisha; gk; yugen kaisha; bvba; sprl; comm v; epe; ike;
        as""",
    "stock": """
        open joint stock company; closed joint stock company; public joint stock company;
        otkrytoye aktsionernoye obshchestvo; zakrytoye aktsionernoye obshchestvo;
        publichnoye aktsionernoye obshchestvo; aktsionernoye obshchestvo; inc; incorporated; corp;
        corporation; plc; public limited company; joint stock company; jsc; cjsc; ojsc; pjsc; ag;
        aktiengesellschaft; sa; s a; societe anonyme; sociedad anonima; sociedade anonima; sa de cv;
        sapi de cv; sab de cv; spa; societa per azioni; nv; naamloze vennootschap; se; societas europaea;
        asa; aksjeselskap; a s; aktieselskab; anonim sirketi; anonim sti; oyj; abp; zrt; nyrt; rt; ad;
        ead; dd; akc spol; spolka akcyjna; oao; zao; pao; ao; aktsionernoe obshchestvo; bhd; berhad; tbk;
        pt tbk; kk; kabushiki kaisha; kabushikigaisha; jusikhoesa; sas; societe par actions simplifiee;
        sca; saoc; saog; psc; qpsc; ehf; hf; akciova spolecnost; aktsiaselts; akcine bendrove;
        joint stock co""",
    "partnership": """
        llp; lp; limited partnership; limited liability partnership; kg; kommanditgesellschaft; co kg;
        gmbh co kg; gmbh and co kg; ohg; gbr; partg; partg mbb; snc; scs; vof; kb; hb; i s; k s;
        general partnership; gp; sc; sociedad civil; spolka jawna; spolka komandytowa; spj; spk; bt; ks""",
    "sole": """
        ip; individualnyy predprinimatel; fop; ek; e k; eu; sole trader; sole proprietor;
        sole proprietorship; ei; autonomo; einzelunternehmen; mei; individual business; trading as; dba;
        t a""",
    "association": """
        ev; e v; association; assoc; foundation; stiftung; stichting; fundacja; fundacion; fondation; ano;
        ngo; charity; verein; vzw; asbl; onlus; cooperative; coop; eg; genossenschaft""",
}
# Written without spaces before transliteration; the longer stand first so that none is cut in two.
_UNSPACED: Mapping[str, str] = {
    "股份有限公司": "stock",
    "有限责任公司": "limited",
    "有限責任公司": "limited",
    "有限公司": "limited",
    "株式会社": "stock",
    "有限会社": "limited",
    "合同会社": "limited",
    "合資会社": "partnership",
    "个体工商户": "sole",
    "公司": "limited",
    "商行": "sole",
    "주식회사": "stock",
    "유한회사": "limited",
    "(주)": "stock",
    "㈜": "stock",
    "ش.م.م": "limited",
    "ذ.م.م": "limited",
    "شركة": "limited",
    "บริษัท": "limited",
    "จำกัด": "limited",
}
_FORMS: Mapping[tuple[str, ...], str] = {
    tuple(form.split()): kind
    for kind, written in _WRITTEN.items()
    for form in (piece.strip() for piece in written.split(";"))
    if form
}
_LONGEST = max(len(form) for form in _FORMS)
# Forms of these lengths are ordinary words or initials inside a name: they count at its ends only.
_END_ONLY = 3


def cut_unspaced_forms(name: str) -> tuple[str, frozenset[str]]:
    """The name without its Chinese, Japanese, Korean, Thai or Arabic forms, and the kinds they named."""
    kinds: set[str] = set()
    text = unicodedata.normalize("NFKC", name)
    for written, kind in _UNSPACED.items():
        if written in text:
            kinds.add(kind)
            text = text.replace(written, " ")
    return text, frozenset(kinds)


def cut_forms(words: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """The words without legal forms, and the kinds those named; a name that is all form is kept whole."""
    kept: list[str] = []
    kinds: list[str] = []
    at = 0
    while at < len(words):
        length = _form_length(words, at)
        if length and _may_cut(words, at, length):
            kinds.append(_FORMS[words[at : at + length]])
            at += length
            continue
        kept.append(words[at])
        at += 1
    return (tuple(kept), frozenset(kinds)) if kept else (words, frozenset())


def _form_length(words: tuple[str, ...], at: int) -> int:
    for length in range(min(_LONGEST, len(words) - at), 0, -1):
        if words[at : at + length] in _FORMS:
            return length
    return 0


def _may_cut(words: tuple[str, ...], at: int, length: int) -> bool:
    letters = sum(len(word) for word in words[at : at + length])
    if letters > _END_ONLY:
        return True
    rest = words[at + length :]
    at_end = not rest or _form_length(rest, 0) == len(rest)
    # Russian, Indonesian and Baltic names carry the form in front: OOO, PT, UAB.
    return at_end or (at == 0 and "".join(words[:length]) in _LEADING)


def bare_name(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a name without the company forms it ends in; none if it ends in none, or is all form.

    Only what nobody takes for a word of the name: forms of companies, short ones as far as they say it.
    """
    behind = len(words)
    while length := _ending_length(words[:behind]):
        behind -= length
    return words[:behind] if behind < len(words) else ()


def _ending_length(words: tuple[str, ...]) -> int:
    for length in range(min(_LONGEST, len(words)), 0, -1):
        last = words[-length:]
        is_dotted = length > 1 and all(len(word) == 1 for word in last)
        form = ("".join(last),) if is_dotted else last
        is_told = is_dotted or sum(map(len, last)) > _END_ONLY or last in _TELLING
        if is_told and _FORMS.get(form) in _OF_COMPANIES:
            return length
    return 0


_OF_COMPANIES = frozenset({"limited", "stock", "partnership"})
_SHORT = """
    ltd llc inc plc ag sa bv nv oy oyj ab kg sl srl kft co sas llp aps asa sro doo pte pty pvt jsc ooo zao oao
    pao ug slu snc lda bhd tbk"""
_TELLING = frozenset((form,) for form in _SHORT.split())
"""Forms of up to three letters that are hardly a word of a name where it ends."""
_LEADING = frozenset(
    {"ooo", "oao", "zao", "pao", "ao", "too", "tov", "ip", "fop", "pt", "cv", "uab", "sia", "ano"}
)
