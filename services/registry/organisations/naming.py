"""What a name is found by: pairs of characters, pinyin and initials. Pure; ``VERSION`` goes up with every change."""

from __future__ import annotations

from dataclasses import dataclass

from pypinyin import Style, lazy_pinyin

from services.registry.organisations.domain import name_key

VERSION = 1
SOUND_LENGTHS = (6, 4, 2)


@dataclass(frozen=True)
class Keys:
    """``bigrams`` of the folded name; ``pinyin`` without tones; ``initials``; ``sounds`` by which parts are found."""

    bigrams: list[str]
    sounds: list[str]
    pinyin: str
    initials: str


def bigrams_of(key: str) -> list[str]:
    """Distinct pairs of neighbours, in order; a single character stands for itself."""
    pairs = [key[at : at + 2] for at in range(len(key) - 1)] or [key]
    return list(dict.fromkeys(pairs))


def syllables_of(key: str) -> list[str]:
    """One entry a character: 助老 → ``["zhu", "lao"]``; letters and digits stand for themselves."""
    found = lazy_pinyin(key, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # its types forget lists
    return [syllable.lower() for syllable in found if syllable]


def keys_of(name: str) -> Keys:
    """Everything a name is found by. A polyphone is read as pypinyin's phrases read it."""
    key = name_key(name)
    syllables = syllables_of(key)
    initials = "".join(syllable[0] for syllable in syllables)[:100]
    sounds = [f"i{pair}" for pair in bigrams_of(initials) if len(pair) == 2]
    for start in range(len(syllables)):
        rest = "".join(syllables[start : start + 6])
        sounds.extend(f"p{rest[:size]}" for size in SOUND_LENGTHS if len(rest) >= size)
    return Keys(bigrams_of(key), list(dict.fromkeys(sounds)), "".join(syllables), initials)


def sound_key(letters: str) -> str | None:
    """The entry of ``sounds`` that every name with these letters from a syllable on has; ``None`` below two."""
    size = next((size for size in SOUND_LENGTHS if len(letters) >= size), None)
    return None if size is None else f"p{letters[:size]}"


def dice(one: list[str], other: list[str]) -> float:
    """2·|A∩B| / (|A|+|B|), 0 to 1 (Dice 1945)."""
    return 2 * len(set(one) & set(other)) / (len(one) + len(other)) if one or other else 0.0
