"""What an entry is found by: pairs of characters, pinyin and initials. Pure; ``VERSION`` goes up with every change."""

from __future__ import annotations

import unicodedata

from pypinyin import Style, lazy_pinyin

VERSION = 1
MOST = 400  # characters of an entry's text that are searched
SOUND = 6  # letters of pinyin from which on a part is looked for


def folded(text: str) -> str:
    """Width, case, blanks and punctuation make no difference."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())


def pairs_of(key: str) -> list[str]:
    """Distinct neighbours in order; a single character stands for itself."""
    return list(dict.fromkeys([key[at : at + 2] for at in range(len(key) - 1)] or [key])) if key else []


def sounds_of(title: str) -> list[str]:
    """``i…`` pairs of initials; ``p…`` up to six letters of pinyin from every syllable on (2, 4 and 6 of them)."""
    key = folded(title)[:100]
    found = lazy_pinyin(key, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # its types forget lists
    syllables = [syllable.lower() for syllable in found if syllable]
    initials = "".join(syllable[0] for syllable in syllables)
    sounds = [f"i{pair}" for pair in pairs_of(initials) if len(pair) == 2]
    for start in range(len(syllables)):
        rest = "".join(syllables[start : start + SOUND])
        sounds += [f"p{rest[:size]}" for size in (2, 4, 6) if len(rest) >= size]
    return list(dict.fromkeys(sounds))


def asked(q: str) -> tuple[list[str], list[str], list[str]]:
    """``(words, pairs, sounds)``: words of two characters at least are found by their pairs, letters by sound too."""
    words = [key for word in q.split() if (key := folded(word))]
    pairs = list(dict.fromkeys(pair for word in words for pair in pairs_of(word) if len(word) > 1))
    return words, pairs, _heard("".join(words))


def _heard(letters: str) -> list[str]:
    """Every entry of ``sounds_of`` that a title sounding like this must have; as initials."""
    if not (letters.isascii() and letters.isalpha()) or len(letters) < 2:
        return []
    return [f"i{pair}" for pair in pairs_of(letters)]


def pinyin_part(q: str) -> str | None:
    """The ``p…`` entry of a title whose pinyin goes on like this from a syllable on."""
    letters = folded(q)
    if not (letters.isascii() and letters.isalpha()) or len(letters) < 2:
        return None
    size = next(size for size in (6, 4, 2) if len(letters) >= size)
    return f"p{letters[:size]}"


def likeness(one: str, other: str) -> int:
    """Dice coefficient of the pairs, in percent (Dice 1945)."""
    left, right = set(pairs_of(folded(one))), set(pairs_of(folded(other)))
    return 200 * len(left & right) // (len(left) + len(right)) if left and right else 0
