"""What stands in a file of its own: the template's code, and of the product nothing but literals."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from airflow_dataops.core.product import Product
from airflow_dataops.render.standalone import standalone

BUILD = '''"""A template."""
from airflow.sdk import DAG


def build(product, params):
    """Build."""
    return DAG(product.name)
'''
PARAMS = "from pydantic import BaseModel\n\n\nclass Params(BaseModel): ...\n"
SIGNS = st.sampled_from("\"'\\{}\n\r\f\x85\u2028")
TEXTS = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), SIGNS))
HOSTILE = ('"""\nprint(1)\n"""', '""";print(1)"""', "\\", "\\N{DASH}", "{x}", "a\u2028b\x85c\fd")


class Params(BaseModel):
    """Whatever is given."""

    model_config = {"extra": "allow"}


def made(name: str, *, build: str = BUILD, **said: str) -> list[ast.stmt]:
    """Return what a file does, of a product whose texts and pipeline file are called as they like."""
    product = Product(name="orders", template="feed@1", **said)
    params = Params.model_validate({"text": name})
    text = standalone(product, params, build_source=build, params_source=PARAMS, pipeline=name)
    return ast.parse(text).body


def told(body: list[ast.stmt]) -> list[str]:
    """Return a file's statements with literals left out."""
    return [
        ast.unparse(one.targets[0]) if isinstance(one, ast.Assign) else type(one).__name__ for one in body
    ]


def literal(body: list[ast.stmt], name: str) -> dict[str, object]:
    """Return the literal of a name."""
    every = [one for one in body if isinstance(one, ast.Assign)]
    (found,) = (one.value for one in every if name == ast.unparse(one.targets[0]))
    value: dict[str, object] = ast.literal_eval(found)
    return value


USUAL = told(made("orders.dag.yaml"))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_name_is_no_code(text: str) -> None:
    """Neither that of the file, which anything may be, nor a text in it."""
    body = made(text, description=text, owner=text)

    assert USUAL == told(body)
    assert text == literal(body, "PARAMS")["text"] == literal(body, "PRODUCT")["owner"]


@given(text=TEXTS)
def test_no_text_is_code(text: str) -> None:
    """Whatever it holds."""
    assert USUAL == told(made(text, description=text))


def test_a_template_with_form_feeds_keeps_its_lines() -> None:
    """They end no line of Python, nor do the line ends of Unicode in a text."""
    build = BUILD.replace("\n\n\ndef", "\n\f\nSIGN = '\u2028'\n\n\ndef")
    build = build.replace("return", "x = 1\n    return")

    assert "x = 1\n    return DAG(product.name)" in ast.unparse(made("orders.dag.yaml", build=build)[-4])
