from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from airflow_dataops.documents.yaml.complaints import complaints


class Kind(StrEnum):
    """An option."""

    DAILY = "daily"


def odd(value: int) -> int:
    """Refuse what a template could refuse."""
    if value % 2 == 0:
        raise ValueError("must be odd")
    return value


class Limits(BaseModel):
    """Keys below a key."""

    model_config = ConfigDict(extra="forbid")

    share: float = Field(0.2, ge=0, lt=1)


class Params(BaseModel):
    """Parameters of a template, with pydantic's own types."""

    model_config = ConfigDict(extra="forbid", strict=True)

    grain: Literal["hour", "day"] = "day"
    kind: Kind = Field(Kind.DAILY, strict=False)
    count: Annotated[int, AfterValidator(odd)] = 1
    exact: Decimal = Decimal(0)
    flag: bool = False
    name: str = ""
    names: list[str] = []
    limits: Limits = Limits()


class Demanding(BaseModel):
    """A model that can't do without a key."""

    needed: str


PLACES = {
    "": "f:1:1",
    "params": "f:9:1",
    **{
        f"params.{key}": f"f:10:{index}"
        for index, key in enumerate((*Params.model_fields, "limits.share", "garin"))
    },
}

CASES = {
    "unknown key": ({"garin": "day"}, "f:10:9: the key `garin` is not known here. Did you mean `grain`?"),
    "option": (
        {"grain": "dya"},
        'f:10:0: `grain` must be `hour` or `day`, it is the text "dya". Did you mean `day`?',
    ),
    "enum": ({"kind": "x"}, 'f:10:1: `kind` must be `daily`, it is the text "x"'),
    "own message": ({"count": 2}, "f:10:2: `count` is not right: must be odd"),
    "whole number": ({"count": "a"}, 'f:10:2: `count` must be a whole number, it is the text "a"'),
    "number": (
        {"exact": []},
        "f:10:3: `exact` is not right: input should be an instance of Decimal",
    ),
    "flag": ({"flag": "yes"}, 'f:10:4: `flag` must be true or false, it is the text "yes"'),
    "text": ({"name": 1}, "f:10:5: `name` must be a text, it is the number 1"),
    "list": ({"names": "a"}, 'f:10:6: `names` must be a list, it is the text "a"'),
    "entry": ({"names": ["a", 1]}, "f:10:6: entry 2 of `names` must be a text, it is the number 1"),
    "mapping": ({"limits": 1}, "f:10:7: `limits` must be a mapping of keys, it is the number 1"),
    "too high": ({"limits": {"share": 1.0}}, "f:10:8: `share` must be less than 1.0, it is the number 1.0"),
    "too low": ({"limits": {"share": -0.5}}, "f:10:8: `share` must be at least 0.0, it is the number -0.5"),
    "unknown key below": (
        {"limits": {"shra": 1}},
        "f:10:7: the key `shra` is not known here. Did you mean `share`?",
    ),
    "anything else": ({"name": b"a", "grain": None}, "f:10:0: `grain` must be `hour` or `day`, it is empty"),
}


@pytest.mark.parametrize(("values", "expected"), CASES.values(), ids=CASES)
def test_complaints_are_in_plain_words(values, expected):
    """What pydantic finds is said in our words, with the key and its place."""
    with pytest.raises(ValidationError) as caught:
        Params.model_validate(values)
    found = complaints(caught.value, Params, places=PLACES, below="params")
    assert expected in [str(problem) for problem in found][:1]


def test_complaints_name_what_is_missing_at_its_owner():
    """A missing key has no place of its own: it is missing where its owner stands."""
    with pytest.raises(ValidationError) as caught:
        Demanding.model_validate({})
    (found,) = complaints(caught.value, Demanding, places=PLACES, below="params")
    assert "f:9:1: `needed` is missing" == str(found)


def test_complaints_without_a_key_name_the_file():
    """Where not even the owner stands in the file, the file itself is the place."""
    with pytest.raises(ValidationError) as caught:
        Demanding.model_validate({})
    (found,) = complaints(caught.value, Demanding, places={"": "f:1:1"}, below="params")
    assert "f:1:1" == found.place
