"""How a word sounds, as `matching.blocking.sound_of` defines it, for kernels: rule by rule over letters."""

from __future__ import annotations

from matching.index.compiling import bare_inline
from matching.index.hashing import Letters

_A, _B, _C, _D, _F, _G, _H, _I, _J, _K, _P, _Q, _S, _T, _V, _W, _X, _Z = (
    ord(letter) for letter in "abcdfghijkpqstvwxz"
)
_E, _O, _U, _Y = (ord(letter) for letter in "eouy")


@bare_inline
def _is_vowel(letter: int) -> bool:
    return letter in (_A, _E, _I, _O, _U, _Y)


@bare_inline
def _hiss_at(letters: Letters, place: int, count: int) -> int:
    """How many letters from here hiss together (sch, sh, ch, tsch, cz), 0 if none."""
    this = letters[place]
    after = letters[place + 1] if place + 1 < count else 0
    third = letters[place + 2] if place + 2 < count else 0
    if this == _S and after == _C and third == _H:
        return 3
    if this in (_S, _C) and after == _H:
        return 2
    if this == _T and after == _S and third == _C and place + 3 < count and letters[place + 3] == _H:
        return 4
    return 2 if this == _C and after == _Z else 0


@bare_inline
def _first_rules(letters: Letters, count: int, out: Letters) -> int:
    """Groups of letters that sound as one: ph, sch, ck; returns the new count."""
    at = place = 0
    while place < count:
        this = letters[place]
        after = letters[place + 1] if place + 1 < count else 0
        if this == _P and after == _H:
            out[at], place = _F, place + 2
        else:
            hiss = _hiss_at(letters, place, count)
            out[at] = _S if hiss else this
            place += hiss or 1
        at += 1
    return at


@bare_inline
def _second_rules(letters: Letters, count: int, out: Letters) -> int:
    """Hard and double sounds: ck, q, c, gh are k, x is ks; returns the new count."""
    at = place = 0
    while place < count:
        this = letters[place]
        after = letters[place + 1] if place + 1 < count else 0
        if this == _X:
            out[at], out[at + 1] = _K, _S
            at += 2
            place += 1
            continue
        is_pair = (this == _C and after == _K) or (this == _G and after == _H)
        out[at] = _K if is_pair or this in (_Q, _C) else this
        place += 2 if is_pair else 1
        at += 1
    return at


@bare_inline
def _third_rules(letters: Letters, count: int) -> int:
    """Letters that sound alike become one, in place; returns the new count."""
    at = place = 0
    while place < count:
        this = letters[place]
        if this in (_D, _T):
            place += 1 if place + 1 < count and letters[place + 1] == _H else 0
            this = _T
        elif this == _Z:
            this = _S
        elif this in (_V, _W):
            this = _F
        elif this == _B:
            this = _P
        elif this == _G:
            this = _K
        elif this == _J:
            this = _I
        letters[at] = this
        at += 1
        place += 1
    return at


@bare_inline
def _last_rules(letters: Letters, count: int) -> int:
    """No h and no vowels but at the start, no letter twice, in place; returns the new count."""
    at = 0
    for place in range(count):
        if place == 0 or letters[place] != _H:
            letters[at] = letters[place]
            at += 1
    count, at, place = at, 0, 0
    while place < count:
        this = letters[place]
        if _is_vowel(this):
            if place == 0:
                letters[0] = _A
                at = 1
            place += 1
            continue
        letters[at] = this
        at += 1
        place += 1
    count, at = at, 0
    for place in range(count):
        if at == 0 or letters[place] != letters[at - 1]:
            letters[at] = letters[place]
            at += 1
    return at


@bare_inline
def sound_into(letters: Letters, start: int, stop: int, spare: Letters, out: Letters) -> int:
    """The sound of a stretch written to `out`; returns its length. Both buffers hold twice the stretch."""
    count = _first_rules(letters[start:stop], stop - start, spare)
    count = _second_rules(spare, count, out)
    count = _third_rules(out, count)
    return _last_rules(out, count)
