from collections import Counter
from hashlib import sha256
from itertools import groupby
from pathlib import Path

import pytest
from tiny_files import Maker

from common.data.corpora import canlaws
from common.data.corpora.canlaws import Unit
from common.data.text import count_tokens, fold

SAMPLE = "canlaws/laws-lois-xml.sample.tar.xz"

ACT = """<Statute><Body>
<Heading><TitleText>Short Title</TitleText></Heading>
<Section><MarginalNote>note</MarginalNote><Label>1</Label><Text>An <XRef>Act</XRef> about
 oaks</Text>
<Definition><Text>oak means a tree</Text></Definition>
<Subsection><Label>{open}2{close}</Label><Text>In oaks</Text>
<Paragraph><Label>{open}A{close}</Label><Text>acorns</Text></Paragraph>
<Paragraph><Label>(b)</Label><Text><Repealed>[Repealed, 1999]</Repealed></Text></Paragraph>
<ContinuedSectionSubsection><Text>grow.</Text></ContinuedSectionSubsection></Subsection>
<Subsection><Label>(3)</Label><Text>one</Text></Subsection><Subsection><Label>(3)</Label><Text>two</Text></Subsection>
</Section></Body><Schedule><Section><Label>9</Label><Text>not law</Text></Section></Schedule></Statute>"""
ENGLISH, FRENCH = ACT.format(open="(", close=")"), ACT.format(open="", close=")").replace("oaks", "chênes")


def test_units_are_keyed_by_their_labels_and_paired_by_equal_keys(make: Maker) -> None:
    archive = make.tarred("s.tar.gz", {"x/eng/acts/O-1.xml": ENGLISH, "x/fra/lois/O-1.xml": FRENCH, "x/fra/lois/Z.xml": FRENCH})
    assert canlaws.paired_units(archive) == [
        Unit("acts/O-1", "1", "An Act about oaks", "An Act about chênes"),
        Unit("acts/O-1", "1/2", "In oaks", "In chênes"),
        Unit("acts/O-1", "1/2/a", "acorns", "acorns"),
        Unit("acts/O-1", "1/2/-+", "grow.", "grow."),
    ]


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("eng/acts/A-1.xml", ("acts/A-1", "en")),
        ("x/fra/lois/A-1.xml", ("acts/A-1", "fr")),
        ("./fra/reglements/DORS-2001-103.xml", ("regulations/SOR-2001-103", "fr")),
        ("fra/reglements/TR-2005-87.xml", ("regulations/SI-2005-87", "fr")),
        ("fra/reglements/C.R.C.,_ch._554.xml", ("regulations/C.R.C.,_c._554", "fr")),
        ("LICENSE.md", None),
    ],
)
def test_the_names_of_the_two_languages_meet(name: str, document: tuple[str, str] | None) -> None:
    assert canlaws.document_of(name) == document


@pytest.mark.parametrize(
    ("english", "french", "passes"),
    [
        ("The tax is paid.", "La taxe est payée.", True),
        ("The tax.", "La taxe est payée.", False),  # 3 tokens
        ("The tax is $1,000.", "La taxe est de 1 000 $.", True),
        ("The tax is $1,000.", "La taxe est de 1 001 $.", False),
        ("See section A-1 below", "See section A-1 below", False),
        ("The tax is paid ✓", "La taxe est payée.", False),
        ("make any other order that it considers appropriate.", "toute autre ordonnance qu’il estime indiquée.", False),
        ("one two three four", "un deux trois quatre cinq six sept huit neuf", False),  # 9 / 4 is above 2.2
    ],
)
def test_which_pairs_pass(english: str, french: str, passes: bool) -> None:
    assert canlaws.keeps(english, french) is passes


def test_whole_documents_fill_the_tests_and_train_shares_no_side_with_them() -> None:
    units = [Unit(f"acts/{d}", str(n), f"text {d} {'abcdefghijkl'[n]}", f"texte {d} {n}") for d in "PQRS" for n in range(12)]
    order = sorted("PQRS", key=lambda d: sha256(f"eng/acts/{d}.xml".encode()).hexdigest())
    told = Unit("acts/short", "1", f"TEXT {order[0]} A", "said in test already")
    new = Unit("acts/short", "2", "said nowhere", "dit nulle part")
    splits = canlaws.divide([told, new, *units], test=13, valid=5)
    assert {unit.document[-1] for unit in splits["test"]} == set(order[:2])  # one document has 12 of 13, so another is taken
    assert {unit.document[-1] for unit in splits["valid"]} == {order[2]}
    assert splits["train"][0] == new  # a document below 10 pairs is never held out
    assert {unit.document[-1] for unit in splits["train"][1:]} <= {order[3]}


def test_a_raised_digit_is_a_number() -> None:
    assert canlaws.numbers("1 000 m²") == canlaws.numbers("1,000 m2") == ["1000", "2"]


@pytest.mark.mirror
def test_the_built_files_have_the_counts_of_their_readme(mirror: dict[str, Path]) -> None:
    corpus = canlaws.read(mirror)
    documents = {name: list(dict.fromkeys(d for d, _ in canlaws.places(mirror, name))) for name in corpus.splits}
    assert {name: len(found) for name, found in documents.items()} == {"train": 3_778, "valid": 45, "test": 80}
    assert not set(documents["train"]) & (set(documents["valid"]) | set(documents["test"]))
    assert {name: sum(1 for _ in corpus.split(name)) for name in corpus.splits} == {
        "train": 280_299,
        "valid": 2_027,
        "test": 3_028,
    }
    assert sum(count_tokens(english) for english, _ in corpus.split("test")) == 88_530


@pytest.mark.mirror
def test_every_built_pair_passes_the_filters(mirror: dict[str, Path]) -> None:
    corpus = canlaws.read(mirror)
    assert [pair for name in corpus.splits for pair in corpus.split(name) if not canlaws.keeps(*pair)] == []


@pytest.mark.mirror
def test_the_hash_of_their_paths_put_the_documents_where_they_are(mirror: dict[str, Path]) -> None:
    sizes = {(d, name): n for name in canlaws.SPLITS for d, n in Counter(d for d, _ in canlaws.places(mirror, name)).items()}
    drawn = sorted((place for place, n in sizes.items() if 10 <= n <= 150), key=lambda place: canlaws._draw(place[0]))
    assert [(name, len(list(run))) for name, run in groupby(drawn, key=lambda place: place[1])][:2] == [
        ("test", 80),
        ("valid", 45),
    ]


@pytest.mark.mirror
def test_the_sample_pairs_as_many_units_as_the_readme_says(mirror: dict[str, Path]) -> None:
    assert Counter(unit.document for unit in canlaws.paired_units(mirror[SAMPLE])) == {
        "acts/A-1": 778,
        "acts/O-3.01": 420,
        "regulations/SOR-2001-103": 231,
        "regulations/C.R.C.,_c._554": 141,
        "regulations/SOR-2015-103": 146,
    }


@pytest.mark.mirror
def test_the_builder_makes_from_the_sample_what_the_built_files_hold(mirror: dict[str, Path]) -> None:
    """Ours is theirs and more: what the sample cannot know is which pairs another document has already, or a held-out one."""
    units = list(canlaws.kept(canlaws.paired_units(mirror[SAMPLE])))
    sampled = {unit.document for unit in units}
    corpus = canlaws.read(mirror)
    theirs: list[Unit] = []
    elsewhere: set[tuple[str, str]] = set()
    held_out: set[str] = set()
    for name in canlaws.SPLITS:
        for (document, path), (english, french) in zip(canlaws.places(mirror, name), corpus.split(name), strict=True):
            if document in sampled:
                theirs.append(Unit(document, path, english, french))
            else:
                elsewhere.add((fold(english), fold(french)))
            if name != "train":
                held_out |= {fold(english), fold(french)}
    assert Counter(unit.document for unit in theirs) == {
        "acts/A-1": 459,
        "acts/O-3.01": 312,
        "regulations/SOR-2001-103": 40,
        "regulations/C.R.C.,_c._554": 101,
        "regulations/SOR-2015-103": 109,
    }
    known = set(theirs)
    assert known <= set(units)
    more = [unit for unit in units if unit not in known]
    assert all((fold(u.english), fold(u.french)) in elsewhere or {fold(u.english), fold(u.french)} & held_out for u in more)
