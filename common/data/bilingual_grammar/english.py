"""English word forms, and `a` before a vowel."""

import functools
import re

IRREGULAR = {
    "be": "been been", "begin": "began begun", "bring": "brought brought", "build": "built built", "buy": "bought bought",
    "catch": "caught caught", "choose": "chose chosen", "come": "came come", "draw": "drew drawn", "drink": "drank drunk",
    "drive": "drove driven", "eat": "ate eaten", "fall": "fell fallen", "feed": "fed fed", "find": "found found",
    "forget": "forgot forgotten", "get": "got got", "give": "gave given", "go": "went gone", "have": "had had", "hear": "heard heard",
    "hide": "hid hidden", "know": "knew known", "leave": "left left", "lend": "lent lent", "lie": "lied lied", "lose": "lost lost",
    "meet": "met met", "read": "read read", "run": "ran run", "say": "said said", "see": "saw seen", "sell": "sold sold",
    "send": "sent sent", "sing": "sang sung", "sleep": "slept slept", "speak": "spoke spoken", "steal": "stole stolen",
    "take": "took taken", "teach": "taught taught", "tell": "told told", "think": "thought thought", "understand": "understood understood",
    "wake": "woke woken", "wear": "wore worn", "write": "wrote written", "break": "broke broken", "fight": "fought fought",
    "throw": "threw thrown", "dream": "dreamed dreamed", "swim": "swam swum", "tear": "tore torn", "bite": "bit bitten",
}  # fmt: skip
DOUBLED = frozenset(["admit", "chat", "drop", "plan", "prefer", "stop", "travel", "wrap"])
AN = re.compile(r"(?!uni|use|eur|one)[aeiou]|hour|honest", re.IGNORECASE)


def third_person(base: str) -> str:
    if base == "have":
        return "has"
    if base.endswith(("s", "sh", "ch", "x", "z", "o")):
        return base + "es"
    return base[:-1] + "ies" if re.search(r"[^aeiou]y$", base) else base + "s"


def past_and_participle(base: str) -> tuple[str, str]:
    if base in IRREGULAR:
        past, participle = IRREGULAR[base].split()
        return past, participle
    if base.endswith("e"):
        regular = base + "d"
    elif re.search(r"[^aeiou]y$", base):
        regular = base[:-1] + "ied"
    else:
        regular = base + (base[-1] if base in DOUBLED else "") + "ed"
    return regular, regular


PLURALS = {
    "child": "children", "foot": "feet", "goose": "geese", "knife": "knives", "leaf": "leaves", "loaf": "loaves", "man":
    "men", "mouse": "mice", "scarf": "scarves", "shelf": "shelves", "sheep": "sheep", "thief": "thieves", "tooth": "teeth",
    "wife": "wives", "wolf": "wolves", "kangaroo": "kangaroos", "deer": "deer", "cello": "cellos", "kimono": "kimonos",
    "hypothesis": "hypotheses", "woman": "women", "salmon": "salmon", "roof": "roofs", "piano": "pianos", "photo": "photos",
    "radio": "radios",
}  # fmt: skip


def plural(noun: str) -> str:
    if noun in PLURALS:
        return PLURALS[noun]
    if noun.endswith("man"):
        return noun[:-3] + "men"
    return third_person(noun)


@functools.cache
def takes_an(word: str) -> bool:
    return AN.match(word) is not None


def surface(words: list[str]) -> tuple[str, ...]:
    """`a` becomes `an` where the next word asks for it."""
    position = -1
    for _ in range(words.count("a")):
        position = words.index("a", position + 1)
        if takes_an(words[position + 1]):
            words[position] = "an"
    return tuple(words)


def detokenise(words: tuple[str, ...]) -> str:
    """`the boy 's dog sleeps .` -> `The boy's dog sleeps.`"""
    text = re.sub(r" ([,.?]|'s?(?= ))", r"\1", " ".join(words))
    return text[0].upper() + text[1:]
