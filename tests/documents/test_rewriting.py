"""A pipeline file is changed where it must be, and nowhere else."""

from __future__ import annotations

import pytest

from airflow_dataops.documents.pipeline.rewriting import rewritten
from airflow_dataops.errors import DocumentError

OLD = {"extra": "fail", "share": "20%"}
NEW = {"drift": "fail", "share": "20%"}

LAID_OUT = {
    "a line each, with comments": (
        "template: batch@1   # the usual\nparams:\n  # why\n  extra: fail  # so\n  share: 20%\nowner: me\n",
        "template: batch@2   # the usual\nparams:\n  # why\n  drift: fail  # so\n  share: 20%\nowner: me\n",
    ),
    "quotes": (
        "\"template\": 'batch@1'\nparams:\n  'extra': \"fail\"\n  share: 20%\n",
        "\"template\": 'batch@2'\nparams:\n  'drift': \"fail\"\n  share: 20%\n",
    ),
    "braces": (
        "template: batch@1\nparams: {extra: fail, share: 20%}  # both\n",
        "template: batch@2\nparams: {drift: fail, share: 20%}  # both\n",
    ),
    "no line end": (
        "params: {extra: fail, share: 20%}\ntemplate: batch@1",
        "params: {drift: fail, share: 20%}\ntemplate: batch@2",
    ),
    "windows": (
        "template: batch@1\r\nparams:\r\n  extra: fail\r\n  share: 20%\r\n",
        "template: batch@2\r\nparams:\r\n  drift: fail\r\n  share: 20%\r\n",
    ),
    "letters of more than a byte": (
        "description: Übersicht 🚀\ntemplate: batch@1\nparams: {extra: fail, share: 20%}\n",
        "description: Übersicht 🚀\ntemplate: batch@2\nparams: {drift: fail, share: 20%}\n",
    ),
}


@pytest.mark.parametrize("how", LAID_OUT)
def test_layout_and_comments_stay(how) -> None:
    """However a person has written it."""
    text, expected = LAID_OUT[how]

    assert expected == rewritten(text, template="batch@2", old=OLD, new=NEW, file="f")


CHANGED = {
    "one comes": (
        "params:\n  a: 1  # one\n# the end\n",
        {"a": 1},
        {"a": 1, "b": "x"},
        "params:\n  a: 1  # one\n  b: x\n# the end\n",
    ),
    "one comes where the file ends": (
        "params:\n  a: 1",
        {"a": 1},
        {"a": 1, "b": 0.5},
        "params:\n  a: 1\n  b: 0.5\n",
    ),
    "the first comes": ("owner: me\n", {}, {"b": True}, "owner: me\nparams:\n  b: true\n"),
    "the first comes without a line end": ("owner: me", {}, {"b": None}, "owner: me\nparams:\n  b: null\n"),
    "one comes in braces": ("params: {a: 1}\n", {"a": 1}, {"a": 1, "b": "2"}, "params: {a: 1, b: '2'}\n"),
    "the first comes in braces": ("params: {}\n", {}, {"b": "yes"}, "params: {b: 'yes'}\n"),
    "one goes": (
        "params:\n  a: 1\n  b: 2  # two\n  c: 3\n",
        {"a": 1, "b": 2, "c": 3},
        {"a": 1, "c": 3},
        "params:\n  a: 1\n  c: 3\n",
    ),
    "one goes in braces": ("params: {a: 1, b: 2}\n", {"a": 1, "b": 2}, {"b": 2}, "params: {b: 2}\n"),
    "all go": ("a: 1\nparams:\n  a: 1\nb: 1\n", {"a": 1}, {}, "a: 1\nb: 1\n"),
    "all go and another comes": (
        "params:\n  a: 1\n  b: [1,\n    2]\nb: 1\n",
        {"a": 1, "b": [1, 2]},
        {"c": 5},
        "params:\n  c: 5\nb: 1\n",
    ),
    "one has another value": ("params:\n  a: 1  # one\n", {"a": 1}, {"a": 2}, "params:\n  a: 2  # one\n"),
    "a list has another value": ("params: {a: [1, 2]}\n", {"a": [1, 2]}, {"a": ["x"]}, "params: {a: [x]}\n"),
    "a mapping has a name": (
        "params:\n  a:\n    b: 1\n",
        {"a": {"b": 1}},
        {"c": {"b": 1}},
        "params:\n  c:\n    b: 1\n",
    ),
    "what is alike stays": ("params:\n  a: 1\n", {"a": 1}, {"a": 1}, "params:\n  a: 1\n"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_parameters_are_changed_where_they_stand(what) -> None:
    """Lines and braces are kept."""
    text, old, new, expected = CHANGED[what]

    assert expected == rewritten(text, template="", old=old, new=new, file="f")


REFUSED = {
    "a value over several lines": ("params:\n  a: |\n    x\n", {"a": "x\n"}, {"a": "y"}),
    "braces over several lines": ("params: {a: 1,\n  b: 2}\n", {"a": 1, "b": 2}, {"a": 1}),
    "the whole file in braces": ("{owner: me}\n", {}, {"a": 1}),
    "an alias": ("dag_params: &p [1]\nparams: *p\n", {}, {"a": 1}),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_it_cannot_change_it_says(what) -> None:
    """In one line; a person can."""
    text, old, new = REFUSED[what]

    with pytest.raises(DocumentError, match=r"^f: .*Nothing was changed"):
        rewritten(text, template="", old=old, new=new, file="f")
