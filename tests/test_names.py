"""Which spellings of a name are one name, and how language tags are written."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.names import fold, usual_case

# The iota subscript is a mark whose capital is a letter, so that a text with one alone changes with its case.
TEXTS = st.text(max_size=30).filter(lambda text: "\u0345" not in unicodedata.normalize("NFKD", text))
MARKS = st.text(
    st.characters(min_codepoint=0x300, max_codepoint=0x36F).filter(lambda mark: mark not in "\u0345\u034f"), min_size=1
)
TAGS = st.from_regex(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,5}", fullmatch=True)

ONE_NAME = [
    ("Wałęsa", "WALESA"),
    ("Lech Wałęsa", "lech  walesa "),
    ("Xí Jìnpíng", "Xi Jinping"),
    ("Владимир Путин", "ВЛАДИМИР ПУТИН"),
    ("Горбачёв", "Горбачев"),
    ("Зеленський", "зеленськии"),
    ("Κωνσταντίνος Καραμανλής", "ΚΩΝΣΤΑΝΤΙΝΟΣ ΚΑΡΑΜΑΝΛΗΣ"),
    ("Μητσοτάκης", "μητσοτακησ"),
    ("İlham Əliyev", "ilham aliyev"),
    ("Recep Tayyip Erdoğan", "recep tayyip erdogan"),
    ("YILDIRIM", "Yıldırım"),
    ("Binalı", "BİNALİ"),
    ("Nguyễn Phú Trọng", "Nguyen Phu Trong"),
    ("Đỗ Mười", "Do Muoi"),
    ("Jens Stoltenberg Ø", "jens stoltenberg o"),
    ("Lars Løkke Rasmussen", "LARS LOKKE RASMUSSEN"),
    ("Grímur Þórðarson", "grimur thordarson"),
    ("Strauß", "STRAUSS"),
    ("Mette Frederiksen Æ", "mette frederiksen ae"),
    ("Dejan Đoković", "dejan dokovic"),
    ("Žižka", "z\u030ciz\u030cka"),
    ("Viktor Orbán", "Ｖｉｋｔｏｒ　Ｏｒｂａｎ"),
    ("Sʻulton", "S'ulton"),
    ("D’Estaing", "D'Estaing"),
    ("Boutros Boutros‑Ghali", "boutros boutros-ghali"),
    ("習近平", " 習近平\n"),
    ("がん", "か\u3099ん"),
    ("김대중", unicodedata.normalize("NFD", "김대중")),
]

TWO_NAMES = [
    ("ガンジー", "カンシー"),
    ("נָשִׂיא", "נשיא"),
    ("نوّاف", "نواف"),
    ("मोदी", "मद"),
    ("ประยุทธ์", "ประยทธ"),
    ("习近平", "習近平"),
    ("Xi", "Xi Jinping"),
    ("Bush", "Büsche"),
    ("Lee", "Li"),
    ("Mac Lean", "MacLean"),
]


@pytest.mark.parametrize(("one", "other"), ONE_NAME)
def test_one_name(one: str, other: str) -> None:
    """Whatever the case, the accents, the spaces and the keyboard."""
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), TWO_NAMES)
def test_two_names(one: str, other: str) -> None:
    """Marks tell words apart in most scripts, and a part of a name is another name."""
    assert fold(one) != fold(other)


def test_what_a_fold_looks_like() -> None:
    """It is stored, so that it is not to change unnoticed."""
    assert [fold(name) for name in ("Lech  Wałęsa", "Владимир Путин", "普京", "Søren Åse", "Œuvre", "が")] == [
        "lech walesa",
        "владимир путин",
        "普京",
        "soren ase",
        "oeuvre",
        "が",
    ]


@given(st.text())
@example("\u0130I\u0131i")
@example(" \u0308a\u0308")
@example("\u0390\u03b0\u1fb4\u01f0\u0149")
@example("\u1100\u1161\u11a8\u304b\u3099")
@example("\u13a0\uab70\u1c80")
def test_a_fold_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
@example("Straße ŉ ǰ ΐ ﬃ ς")
def test_case_does_not_count(text: str) -> None:
    """Neither in text nor in its fold."""
    assert fold(text.upper()) == fold(text.lower()) == fold(text.title()) == fold(text)


@given(st.text())
def test_a_text_in_any_normal_form_is_one_name(text: str) -> None:
    assert {fold(unicodedata.normalize(form, text)) for form in ("NFC", "NFD", "NFKC", "NFKD")} == {fold(text)}


@given(st.lists(st.text(min_size=1)), st.sampled_from([" ", "  ", "\t", "\n", "\u00a0", "\u3000"]))
def test_white_space_does_not_count(words: list[str], space: str) -> None:
    """As long as there is some."""
    assert fold(space.join(words)) == fold(" ".join(words))
    assert fold(f"{space}{space.join(words)}{space}") == fold(" ".join(words))


@given(st.sampled_from("aelnosuzAELNOSUZłØøđαεηιουωΑΩавгеикноуяАЯ"), MARKS)
def test_marks_do_not_count_on_latin_greek_and_cyrillic(letter: str, marks: str) -> None:
    """However many there are."""
    assert fold(letter + marks) == fold(letter)
    assert fold(letter + marks + "x") == fold(letter + "x")


@given(st.sampled_from("אבשابنकदगアカ한กป普"), MARKS)
def test_marks_count_elsewhere(letter: str, marks: str) -> None:
    """They are kept, all of them, even those that another script would lose."""
    assert fold(letter + marks) != fold(letter)
    assert fold(letter + marks) == unicodedata.normalize("NFKC", letter + marks)


@pytest.mark.parametrize(
    ("tag", "usual"),
    [
        ("EN", "en"),
        ("zh-hans", "zh-Hans"),
        ("ZH-HANT-TW", "zh-Hant-TW"),
        ("mn-cYRL-mn", "mn-Cyrl-MN"),
        ("sr-latn-rs", "sr-Latn-RS"),
        ("en-ca-x-ca", "en-CA-x-ca"),
        ("sgn-be-fr", "sgn-BE-FR"),
        ("AZ-LATN-X-LATN", "az-Latn-x-latn"),
        ("es-419", "es-419"),
        ("DE-CH-1996", "de-CH-1996"),
        ("sl-ROZAJ-biske", "sl-rozaj-biske"),
        ("zh-CMN", "zh-cmn"),
        ("I-Klingon", "i-klingon"),
    ],
)
def test_a_tag_in_its_usual_case(tag: str, usual: str) -> None:
    """As RFC 5646, 2.1.1 has it, from which most of these come."""
    assert usual_case(tag) == usual


@given(TAGS)
def test_tags_that_differ_in_case_are_one(tag: str) -> None:
    """And nothing but the case of a tag changes."""
    assert usual_case(tag).lower() == tag.lower()
    assert {usual_case(form) for form in (tag.upper(), tag.lower(), usual_case(tag))} == {usual_case(tag)}
