"""The words of a Russian sentence that give it to somebody, or to nobody."""

from app.ingest.russian.words import Sentence, table

_PAST = ("л", "ла", "ли", "лся", "лась", "лись", "ло")
_IMPERSONAL = (
    "отмечен подчеркнут указан выражен обсужден рассмотрен условлен затронут высказан подтвержден констатирован "
    "обращен уделен акцентирован достигнут договорен выражена"
).split()


def act_at(sentence: Sentence, place: int) -> str | None:
    """The act of a verb of saying at a place; `none` where it tells of none, `summary` where of a subject only."""
    if place >= len(sentence.lower) or not sentence.lower[place].endswith(_PAST):
        return None
    word = sentence.lower[place]
    for name, listed in (("summary", table()["summary"]["stems"]), *table()["verbs"].items()):
        if any(word.startswith(stem.replace("ё", "е")) for stem in listed.split()):
            return str(name)
    return None


def content_after(sentence: Sentence, verb: int) -> int | None:
    """The place after `, что` or a colon that stands near the verb."""
    for at in range(verb + 1, min(len(sentence.words) - 1, verb + 8)):
        if sentence.lower[at] == "что" and sentence.words[at - 1] == ",":
            return at + 1
        if sentence.words[at] == ":":
            after = at + 1 + (sentence.words[at + 1] == "«")
            return after if after < len(sentence.words) else None
        if sentence.words[at] == ",":
            continue
    return None


def is_participle(sentence: Sentence, place: int) -> bool:
    """Whether a participle of saying stands at a place, which nobody is said to say."""
    at = place + (sentence.lower[place : place + 1] in (("было",), ("была",), ("были",)))
    return at < len(sentence.lower) and any(sentence.lower[at].startswith(stem) for stem in _IMPERSONAL)


def is_narrated(sentence: Sentence) -> bool:
    """`Отмечена важность`, `было подчёркнуто`, `состоялся разговор`: nobody is said to say it."""
    for at, word in enumerate(sentence.lower[:25]):
        if any(word.startswith(stem) for stem in _IMPERSONAL):
            return True
        if word in {"состоялся", "состоялась", "состоялись", "разговор", "беседа", "встреча"} and at < 4:  # noqa: PLR2004
            return True
    return False
